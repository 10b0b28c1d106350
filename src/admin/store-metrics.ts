import { Gauge, type Registry } from 'prom-client';
import type { StoreStatus } from '../keys/stores/health.ts';

/** The result of the last query to each key store. A store that the config no longer names has no metrics. */
export function addStoreMetrics(registry: Registry, stores: () => readonly StoreStatus[]): void {
  for (const { name, help, measure } of GAUGES) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['store'],
      // Of several processes, the one that fared worst.
      aggregator: 'min',
      registers: [],
      collect: () => {
        gauge.reset();
        for (const status of stores()) {
          const value = measure(status);
          if (value !== undefined) gauge.set({ store: status.name }, value);
        }
      },
    });
    registry.registerMetric(gauge);
  }
}

interface StoreGauge {
  readonly name: string;
  readonly help: string;
  /** Without it, no metrics are shown. */
  readonly measure: (status: StoreStatus) => number | undefined;
}

const GAUGES: readonly StoreGauge[] = [
  {
    name: 'ssec_proxy_key_store_up',
    help: 'Whether the key store returned all its keys when last asked: 1 or 0. With 0, keys already loaded stay in use.',
    measure: ({ trouble }) => (trouble === undefined ? 1 : 0),
  },
  {
    name: 'ssec_proxy_key_store_last_success_timestamp_seconds',
    help: 'When the key store last returned all its keys.',
    measure: ({ lastSuccess }) => lastSuccess && lastSuccess.getTime() / 1000,
  },
];
