import type { RefusedBytes } from '../listener/refusal.ts';
import { emptyFields } from '../log-line.ts';
import { outcomeOf } from '../outcome.ts';
import { levelOf } from './record.ts';
import type { Serving } from './serving.ts';

/** The log line of what never became a request, and its place in the audit log and the metrics. Who sent it is not known. */
export function accountRefusedBytes(
  { id, error, remote, tls, bytesOut }: RefusedBytes,
  { log, metrics, observer, audit }: Pick<Serving, 'log' | 'metrics' | 'observer' | 'audit'>,
): void {
  const fields = emptyFields();
  fields.id = id;
  fields.status = error.status;
  fields.outcome = outcomeOf(error.status, 'whole');
  fields.ms = 0;
  fields.bytesIn = 0;
  fields.bytesOut = bytesOut;
  fields.code = error.code;
  fields.cause = error.reason ?? error.message;
  fields.remote = remote;
  fields.tls = tls;
  metrics.request(fields);
  audit?.request(fields);
  observer.request(fields);
  log.request(levelOf(fields), fields);
}
