import type { Registry } from 'prom-client';
import type { LogHealth } from '../log-health.ts';
import { addCollected } from './collected.ts';

/** The metrics of the log: lines that nobody will read, and those that still may be. */
export function addLogMetrics(registry: Registry, health: LogHealth | undefined): void {
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_log_lines_dropped_total',
    help: 'Log lines that could not be written: a full disk, a reader that is gone, stopped or too slow.',
    values: () => [['', health?.dropped() ?? 0]],
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_log_waiting_bytes',
    help: 'Bytes of log lines that wait to be written. Above the limit lines are dropped.',
    values: () => [['', health?.waiting() ?? 0]],
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_log_waiting_bytes_limit',
    help: 'Most bytes of log lines that may wait (log.buffer).',
    values: () => [['', health?.capacity() ?? 0]],
  });
}

/** The same of the audit log. */
export function addAuditMetrics(registry: Registry, health: LogHealth | undefined): void {
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_audit_lines_dropped_total',
    help: 'Lines of the audit log that found no room while it could not be written.',
    values: () => [['', health?.dropped() ?? 0]],
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_audit_waiting_bytes',
    help: 'Bytes of lines of the audit log that wait to be written (at most audit.buffer).',
    values: () => [['', health?.waiting() ?? 0]],
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_audit_failing',
    help: 'Processes whose audit log fails at the moment: it is not written, or not to the file of its name.',
    values: () => [['', health?.wrong() === undefined ? 0 : 1]],
  });
}
