import { Registry } from 'prom-client';
import { makeMetrics } from '../../src/admin/metrics.ts';
import { addWorkerMetrics } from '../../src/admin/worker-metrics.ts';
import { table } from './table.ts';

/** Every metric that the proxy registers, in order of names. */
export function renderMetrics(): string {
  const registry = new Registry();
  makeMetrics(
    {
      distrusted: () => [],
      build: { version: '', commit: undefined },
      showsProcess: true,
      labels: ['client', 'bucket'],
    },
    registry,
  );
  addWorkerMetrics(registry, { wanted: 0, serving: () => 0, ends: () => 0 });
  const metrics = registry.getMetricsAsArray() as unknown as readonly Registered[];
  return table(
    ['Metric', 'Type', 'Labels', 'What it is'],
    metrics
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, type, labelNames, help }) => [
        `\`${name}\``,
        type,
        labelNames
          .filter((label) => label !== 'le')
          .map((label) => `\`${label}\``)
          .join(', '),
        help,
      ]),
  );
}

/** What prom-client keeps of a metric; its types leave out the labels. */
interface Registered {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}
