import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What is running. */
export interface Build {
  readonly version: string;
  /** Of the source; undefined where nobody knows it. */
  readonly commit: string | undefined;
}

/** What several processes together have, where that is not the sum. */
const TOGETHER: Readonly<Record<string, 'first' | 'max' | 'min'>> = {
  // The one that is nearest to its limit counts.
  process_open_fds: 'max',
  process_max_fds: 'min',
  process_start_time_seconds: 'first',
  nodejs_version_info: 'first',
};

/** Each process has a loop of its own: of several, the one that is held up most counts. */
const OF_THE_LOOP = /^nodejs_eventloop_lag_/;

/** How often the delay of the event loop is looked at, in milliseconds. */
const LOOP_MS = 20;

/**
 * The metrics of the process and its event loop, by the names that Prometheus' clients have in common. What is watched for them is watched once, however many registries show it.
 */
export function addProcessMetrics(registry: Registry): void {
  watched ??= watch();
  for (const metric of watched.getMetricsAsArray()) registry.registerMetric(metric as never);
}

export function addBuildInfo(registry: Registry, build: Build): void {
  new Gauge({
    name: 'ssec_proxy_build_info',
    help: 'Always 1; which version runs is in the labels.',
    labelNames: ['version', 'commit', 'node'],
    aggregator: 'first',
    registers: [registry],
  }).set({ version: build.version, commit: build.commit ?? 'unknown', node: process.version }, 1);
}

let watched: Registry | undefined;

function watch(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_MS });
  for (const metric of registry.getMetricsAsArray() as unknown as { name: string; aggregator: string }[])
    metric.aggregator = OF_THE_LOOP.test(metric.name) ? 'max' : (TOGETHER[metric.name] ?? metric.aggregator);
  return registry;
}
