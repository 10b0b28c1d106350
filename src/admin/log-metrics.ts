import { Counter, Gauge, type Registry } from 'prom-client';
import type { LogHealth } from '../log-destination.ts';

/** The metrics of the log: lines that nobody will read, and those that still may be. */
export function addLogMetrics(registry: Registry, health: LogHealth | undefined): void {
  const dropped = new Counter({
    name: 'ssec_proxy_log_lines_dropped_total',
    help: 'Log lines that could not be written: a full disk, a reader that is gone, stopped or too slow.',
    registers: [],
    collect: () => {
      dropped.reset();
      dropped.inc(health?.dropped() ?? 0);
    },
  });
  const waiting = new Gauge({
    name: 'ssec_proxy_log_waiting_bytes',
    help: 'Bytes of log lines that wait to be written, of at most 1 MiB; then lines are dropped.',
    registers: [],
    collect: () => {
      waiting.set(health?.waiting() ?? 0);
    },
  });
  registry.registerMetric(dropped);
  registry.registerMetric(waiting);
}
