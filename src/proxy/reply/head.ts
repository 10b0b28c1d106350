import { S3 } from '../../dialects/dialect.ts';
import { fromInternalList } from '../../dialects/translate.ts';
import { REQUEST_ID } from '../../s3/request-id.ts';
import type { Exchange } from '../exchange.ts';

/** What the head of an answer needs. */
type Answered = Pick<Exchange, 'response' | 'id' | 'log' | 'startedAt' | 'dialect'>;

/**
 * Begins the answer. Every answer has the id of its request beside its other headers.
 * @param headers name, value, name, value …: a list of the caller's that nobody else needs any more
 */
export function writeHead(
  { response, id, log, startedAt, dialect }: Answered,
  status: number,
  headers: string[],
): void {
  // With the usual reason of its status: the store's own wording could say anything.
  headers.push(REQUEST_ID, id);
  response.writeHead(status, dialect === S3 ? headers : fromInternalList(headers, dialect));
  log.firstByteMs = performance.now() - startedAt;
}

/** Counts what is written of the body of the answer. */
export function countBody({ log }: Pick<Exchange, 'log'>, bytes: number): void {
  log.bytesOut = (log.bytesOut ?? 0) + bytes;
}
