import { Counter, Gauge, type Registry } from 'prom-client';

/** The metrics of the config in use and of the attempts to replace it. */
export interface ReloadMetrics {
  /** A config is in use from now on. `hash` is equal on replicas with the same config. */
  config(hash: number, now: Date): void;
  reload(result: 'success' | 'failure'): void;
}

/** Several processes go by one config: the first one that is gathered speaks for all. */
export function makeReloadMetrics(registry: Registry): ReloadMetrics {
  const registers = [registry];
  const reloads = new Counter({
    name: 'ssec_proxy_config_reloads_total',
    help: 'Reloads of the config by result; after a failure the previous config stays in use.',
    labelNames: ['result'],
    aggregator: 'first',
    registers,
  });
  const successful = new Gauge({
    name: 'ssec_proxy_config_last_reload_successful',
    help: 'Whether the config on disk is the one in use: 1 or 0.',
    aggregator: 'first',
    registers,
  });
  const taken = new Gauge({
    name: 'ssec_proxy_config_last_reload_success_timestamp_seconds',
    help: 'When the config in use was loaded.',
    aggregator: 'first',
    registers,
  });
  const hash = new Gauge({
    name: 'ssec_proxy_config_hash',
    help: 'A hash of the rules, keys, clients and upstream in use, without secrets; equal on replicas that agree.',
    aggregator: 'first',
    registers,
  });
  for (const result of ['success', 'failure']) reloads.inc({ result }, 0);
  return {
    config: (value, now) => {
      hash.set(value);
      taken.set(now.getTime() / 1000);
      successful.set(1);
    },
    reload: (result) => {
      reloads.inc({ result });
      if (result === 'failure') successful.set(0);
    },
  };
}
