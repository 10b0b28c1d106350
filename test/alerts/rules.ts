import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The rules as Prometheus gets them. */
export const RULES_FILE = join(import.meta.dirname, '../../deploy/chart/files/alerts.yaml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

export function readRules(): readonly Rule[] {
  const { groups } = parse(readFileSync(RULES_FILE, 'utf8')) as {
    groups: readonly { rules: readonly Rule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** The names of metrics in an expression. */
export function metricsIn(expression: string): readonly string[] {
  return [...new Set(expression.match(/\b(?:ssec_proxy|nodejs|process)_\w+/g))];
}

/** All that the rules ask for. */
export function metricsOfRules(): ReadonlySet<string> {
  return new Set(readRules().flatMap(({ expr }) => metricsIn(expr)));
}
