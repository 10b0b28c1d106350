import { S3 } from '../../dialects/dialect.ts';
import { fromInternalList } from '../../dialects/translate.ts';
import { marksEtag, markTag } from '../../etag/mark.ts';
import { lowerCase } from '../../lower-case.ts';
import { relayedHeaders, relayedTrailers } from '../../response/rewrite.ts';
import { REQUEST_ID } from '../../s3/request-id.ts';
import { CUSTOMER_KEY_MD5 } from '../../ssec/headers.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { withoutBrought } from './brought-headers.ts';

/**
 * The headers of the store's answer as the client gets them: name, value, name, value … By the MD5 of a key of its own the
 * client sees that the store took that key.
 */
export function clientHeaders(response: StoreResponse, body: 'relayed' | 'replaced', plan: Plan): string[] {
  const said = relayedHeaders(response, body, plan.ssecKeys);
  const headers = plan.upstream.provider.bringsHeaders ? withoutBrought(said, response, plan) : said;
  if (plan.ssec.kind === 'client' && response.headers[CUSTOMER_KEY_MD5] === plan.ssec.ssecKey.md5)
    headers.push(CUSTOMER_KEY_MD5, plan.ssec.ssecKey.md5);
  if (!marksEtag(plan)) return headers;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (lowerCase(headers[i] as string) === ETAG) headers[i + 1] = markTag(headers[i + 1] as string);
  }
  return headers;
}

/** Its trailers, likewise. They are there once the response has ended. */
export function clientTrailers(response: StoreResponse, plan: Plan): [name: string, value: string][] {
  const trailers = relayedTrailers(response, plan.ssecKeys);
  if (!marksEtag(plan)) return trailers;
  return trailers.map(([name, value]) => [name, lowerCase(name) === ETAG ? markTag(value) : value]);
}

const ETAG = 'etag';

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
