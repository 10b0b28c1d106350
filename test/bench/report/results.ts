import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Latency } from '../cases/latency.ts';
import type { Cost } from '../cases/measure-case.ts';
import type { Memory } from '../cases/memory.ts';
import type { Observing } from '../cases/observing.ts';
import type { Start } from '../cases/start.ts';
import type { Workers } from '../cases/workers.ts';
import type { Machine } from './machine.ts';

/** What one case gave. Each is a run of its own: figures of two cases are not compared. */
export type Result = { readonly title: string } & Circumstances & Measured;

export type Measured =
  | { readonly kind: 'cost'; readonly costs: readonly Cost[] }
  | { readonly kind: 'latency'; readonly latencies: readonly Latency[] }
  | { readonly kind: 'memory'; readonly memory: readonly Memory[] }
  | { readonly kind: 'observing'; readonly rounds: number; readonly observing: readonly Observing[] }
  | ({ readonly kind: 'workers' } & Workers)
  | { readonly kind: 'start'; readonly starts: readonly Start[] };

/** Under which a case was measured. */
interface Circumstances {
  /** `yyyy-mm-dd` */
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  /** The machine's load average over a minute, before and after. */
  readonly load: readonly [before: number, after: number];
}

export interface Results {
  readonly machine: Machine;
  readonly cases: Readonly<Record<string, Result>>;
}

const PATH = join(import.meta.dirname, '../results.json');

/** Undefined if nothing was ever measured. */
export function readResults(): Results | undefined {
  return existsSync(PATH) ? (JSON.parse(readFileSync(PATH, 'utf8')) as Results) : undefined;
}

/** Keeps the cases that were not measured again. */
export function writeResults(machine: Machine, measured: Results['cases']): void {
  const cases = { ...readResults()?.cases, ...measured };
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  writeFileSync(PATH, `${JSON.stringify({ machine, cases }, rounded, 2)}\n`);
}
