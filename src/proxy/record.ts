import type { RequestFields, RequestLevel } from '../log-line.ts';
import { outcomeOf } from '../outcome.ts';
import { statusOf } from '../s3/errors.ts';
import type { Exchange } from './exchange.ts';

/** What is known of a request when its answer is out or lost: all that its line and the metrics say of it. */
export function finishRecord(exchange: Exchange): RequestFields {
  const { log: fields, response, startedAt, signal } = exchange;
  const sent = response.headersSent && !exchange.unanswered;
  // Who leaves with the whole answer in its hands, as clients do whose upload is refused, did not give up.
  const left = signal.aborted && !(exchange.written && response.writableLength === 0);
  if (left) fields.code ??= 'ClientLeft';
  const cut = fields.code === 'Truncated' || fields.code === 'Drained';
  const status = sent ? response.statusCode : unsentStatus(fields.code);
  // An error that stands in the document of a 200, as S3 has it behind a copy that took long.
  const said = status < 300 && fields.code !== undefined ? statusOf(fields.code) : status;
  fields.status = status;
  fields.outcome = outcomeOf(said, cut ? 'cut' : left ? 'left' : 'whole');
  fields.ms = tenths(performance.now() - startedAt);
  if (fields.firstByteMs !== undefined) fields.firstByteMs = sent ? tenths(fields.firstByteMs) : undefined;
  if (fields.storeMs !== undefined) fields.storeMs = tenths(fields.storeMs);
  if (fields.waitedMs !== undefined) fields.waitedMs = tenths(fields.waitedMs);
  fields.bytesIn = bytesIn(exchange);
  fields.userAgent = bounded(exchange.received.headers.joined('user-agent'), MOST_AGENT);
  // Without its query, which may hold a signature.
  if (fields.op === undefined && fields.bucket === undefined)
    fields.path = bounded(exchange.rawTarget.split('?', 1)[0], MOST_PATH);
  fields.cause = bounded(fields.cause, MOST_CAUSE);
  // What is queued for a client that has gone reaches nobody.
  fields.bytesOut = Math.max(0, (sent ? (fields.bytesOut ?? 0) : 0) - response.writableLength);
  return fields;
}

/**
 * Troubles of the store and of the proxy are warnings, and so is a client that gave up before it had any answer: it may have
 * waited for them. NotImplemented is an answer: a client that keeps asking must not fill the log with warnings.
 */
export function levelOf({ outcome, firstByteMs }: RequestFields): RequestLevel {
  if (outcome === 'failed' || outcome === 'cut') return 'warn';
  return outcome === 'left' && firstByteMs === undefined ? 'warn' : 'info';
}

/** Nobody got what would have been sent; 499 is nginx's own number for a client that left. */
function unsentStatus(code: string | undefined): number {
  if (code === 'Drained') return 503;
  return code === 'Truncated' ? 500 : 499;
}

function bytesIn({ received, request, log }: Exchange): number {
  if (received.body === 'none') return 0;
  const length = request.complete ? received.headers.joined('content-length') : undefined;
  return length === undefined ? (log.bytesIn ?? 0) : Number(length);
}

/** In characters. */
const MOST_AGENT = 256;
const MOST_PATH = 512;
/** A stack fits. */
const MOST_CAUSE = 4096;

/** What a client may have made as long as it liked. */
function bounded(text: string | undefined, most: number): string | undefined {
  return text === undefined || text.length <= most ? text : `${text.slice(0, most)}…`;
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
