import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { panelExpressions } from './dashboard.ts';
import { FAULTS } from './faults.ts';
import { RULES_FILE } from './rules.ts';
import { extended, notation, type Recorded } from './series.ts';

/**
 * Tries the alert rules on the records of faults, as if each fault had gone on for 20 minutes: exactly the alerts of its row
 * have fired then. By promtool, Prometheus' own; another one than that of PATH is named by PROMTOOL.
 */
const SCRAPE_SECONDS = 15;
const MINUTES = 20;

/** Alerts that have fired at any time up to then. */
const EVER = `group by (alertname) (max_over_time(ALERTS{alertstate="firing"}[${MINUTES}m]))`;

const folder = mkdtempSync(join(tmpdir(), 'ssec-proxy-promtool-'));
try {
  const file = join(folder, 'faults.yaml');
  writeFileSync(file, stringify(promtoolTests()));
  const promtool = process.env.PROMTOOL ?? 'promtool';
  const run = (...args: string[]): boolean => {
    const { status, error } = spawnSync(promtool, args, { stdio: 'inherit' });
    if (error) throw new Error("promtool can't be run; install the package prometheus", { cause: error });
    return status === 0;
  };
  const fired = run('test', 'rules', file);
  // A dashboard has no checker of its own: its expressions are read as those of rules.
  const panels = join(folder, 'dashboard.yaml');
  writeFileSync(panels, stringify(dashboardRules()));
  const drawn = run('check', 'rules', panels);
  process.stdout.write(`alerts: ${FAULTS.length} faults, ${fired ? 'each' : 'not each'} with its alerts\n`);
  process.exitCode = fired && drawn ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function promtoolTests(): object {
  const length = (MINUTES * 60) / SCRAPE_SECONDS;
  const tests = FAULTS.map(({ name, fires }) => ({
    name,
    interval: `${SCRAPE_SECONDS}s`,
    input_series: recordOf(name).map((row) => ({
      series: row.series,
      values: notation(extended(row, length)),
    })),
    promql_expr_test: [
      {
        expr: EVER,
        eval_time: `${MINUTES}m`,
        exp_samples: fires.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
      },
    ],
  }));
  return { rule_files: [RULES_FILE], evaluation_interval: `${SCRAPE_SECONDS}s`, tests };
}

function dashboardRules(): object {
  const rules = panelExpressions().map((expr, index) => ({
    record: `panel_${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));
  return { groups: [{ name: 'dashboard', rules }] };
}

function recordOf(name: string): readonly Recorded[] {
  return JSON.parse(
    readFileSync(join(import.meta.dirname, 'recorded', `${name}.json`), 'utf8'),
  ) as Recorded[];
}
