import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import t from 'tap';
import { makeMetrics } from '../../src/admin/metrics.ts';
import { addWorkerMetrics } from '../../src/admin/worker-metrics.ts';
import { panelExpressions, readDashboard } from '../alerts/dashboard.ts';
import { FAULTS, UNTRIED } from '../alerts/faults.ts';
import { metricsIn, metricsOfRules, readRules } from '../alerts/rules.ts';
import { nameOf } from '../alerts/scrape.ts';
import type { Recorded } from '../alerts/series.ts';

const ROOT = join(import.meta.dirname, '../..');
const RECORDED = join(ROOT, 'test/alerts/recorded');

/** The names of all series that the proxy shows. */
function shown(): ReadonlySet<string> {
  const registry = new Registry();
  const build = { version: '', commit: undefined };
  makeMetrics({ distrusted: () => [], build, showsProcess: true, labels: ['client', 'bucket'] }, registry);
  addWorkerMetrics(registry, { wanted: 0, serving: () => 0, ends: () => 0 });
  const metrics = registry.getMetricsAsArray() as unknown as readonly { name: string; type: string }[];
  return new Set(
    metrics.flatMap(({ name, type }) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    ),
  );
}

t.test('rules, records and dashboard ask only for metrics that the proxy shows', (t) => {
  const known = shown();
  const unknown = (names: Iterable<string>): readonly string[] =>
    [...names].filter((name) => !known.has(name));
  t.strictSame(unknown(metricsOfRules()), []);
  t.strictSame(unknown(panelExpressions().flatMap(metricsIn)), []);
  for (const file of readdirSync(RECORDED)) {
    const rows = JSON.parse(readFileSync(join(RECORDED, file), 'utf8')) as readonly Recorded[];
    t.strictSame(unknown(rows.map(({ series }) => nameOf(series))), [], file);
  }
  t.end();
});

t.test(
  'every alert has a fault that makes it fire, or a reason why none does, and a line on what to do',
  (t) => {
    const alerts = readRules().map(({ alert }) => alert);
    const tried = new Set(FAULTS.flatMap(({ fires }) => fires));
    t.strictSame([...tried, ...Object.keys(UNTRIED)].toSorted(), alerts.toSorted());
    const page = readFileSync(join(ROOT, 'docs/operate/monitoring.md'), 'utf8');
    for (const alert of alerts) t.ok(page.includes(`| \`${alert}\` |`), alert);
    t.end();
  },
);

t.test('every fault has a record', (t) => {
  t.strictSame(readdirSync(RECORDED).toSorted(), FAULTS.map(({ name }) => `${name}.json`).toSorted());
  t.end();
});

t.test('the panels of the dashboard do not overlap, and each asks for something', (t) => {
  const { panels } = readDashboard();
  const taken = new Set<string>();
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length, 'ids');
  for (const { title, type, gridPos, targets = [] } of panels) {
    t.ok(title, 'a title');
    t.ok(type === 'row' || targets.length > 0, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        t.notOk(taken.has(`${x} ${y}`), `${title}: ${x} ${y}`);
        taken.add(`${x} ${y}`);
      }
    t.ok(gridPos.x + gridPos.w <= 24, title);
  }
  t.end();
});
