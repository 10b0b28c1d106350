import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Dashboard {
  readonly panels: readonly Panel[];
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

/** The dashboard as Grafana gets it. */
export function readDashboard(): Dashboard {
  const file = join(import.meta.dirname, '../../deploy/chart/files/dashboard.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Dashboard;
}

/** What its panels ask for. */
export function panelExpressions(): readonly string[] {
  return readDashboard().panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}
