import t from 'tap';
import { type Rendered, render, valuesOf } from './helm.ts';

interface Monitor {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly endpoints?: readonly unknown[];
    readonly podMetricsEndpoints?: readonly unknown[];
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  };
}

/** Reads YAML strictly: a key that stands twice in a map is an error. */
const monitorOf = (objects: readonly Rendered[]): Monitor =>
  objects.find(({ kind }) => kind === 'ServiceMonitor' || kind === 'PodMonitor') as unknown as Monitor;

for (const [name, monitor] of [
  ['monitored', 'podMonitor'],
  ['monitored-with-token', 'serviceMonitor'],
] as const)
  t.test(`${monitor}: what its endpoint says counts more than what the chart would say`, (t) => {
    const endpoint = `monitoring.${monitor}.endpoint`;
    const set = `${endpoint}.interval=10s,${endpoint}.scrapeTimeout=5s`;
    const { spec } = monitorOf(render([...valuesOf(name), '--set', set]));
    const [made] = spec.endpoints ?? spec.podMetricsEndpoints ?? [];
    t.match(made, { port: 'admin', path: '/metrics', interval: '10s', scrapeTimeout: '5s' });
    t.end();
  });
