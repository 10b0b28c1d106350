import { Gauge, type Registry } from 'prom-client';
import type { StoreStatus } from '../keys/stores/health.ts';

/** How the key stores did when they were asked last; a store that no config names any more is not told of. */
export function addStoreMetrics(registry: Registry, stores: () => readonly StoreStatus[]): void {
  for (const { name, help, measure } of GAUGES) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['store'],
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
  /** Undefined shows nothing. */
  readonly measure: (status: StoreStatus) => number | undefined;
}

const GAUGES: readonly StoreGauge[] = [
  {
    name: 'ssec_proxy_key_store_up',
    help: 'Whether the store gave all its keys when it was asked last: 1 or 0. With 0, keys that are held stay in use.',
    measure: ({ trouble }) => (trouble === undefined ? 1 : 0),
  },
  {
    name: 'ssec_proxy_key_store_last_success_timestamp_seconds',
    help: 'When the store last gave all its keys.',
    measure: ({ lastSuccess }) => lastSuccess && lastSuccess.getTime() / 1000,
  },
];
