import { S3 } from '../../dialects/dialect.ts';
import { endsConnection } from '../../listener/ending.ts';
import { announcedTrailers } from '../../response/rewrite.ts';
import { S3Error } from '../../s3/errors.ts';
import { freesPieces, isWorth, letGo } from '../../upstream/let-go.ts';
import { fieldOf, type StoreResponse } from '../../upstream/response.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { drained } from './drained.ts';
import { clientHeaders, clientTrailers, countBody, writeHead } from './head.ts';
import { pour, wholeBody } from './pour.ts';
import type { Reply } from './reply.ts';
import { sendEmpty } from './send.ts';

/**
 * Streams an answer on. `more`: name, value, name, value … to stand behind the store's headers.
 * @returns a promise only where something has to be waited for
 */
export function relayBody(reply: Reply, more: readonly string[] = NOTHING): Promise<void> | undefined {
  const { exchange, answer, plan } = reply;
  const { response } = answer;
  if (reply.behind === 'nothing') {
    const head = clientHeaders(response, 'replaced', plan);
    return sendEmpty(exchange, response.statusCode ?? 502, [...head, ...more]);
  }
  const { response: client, request, received } = exchange;
  const headers = clientHeaders(response, 'relayed', plan);
  headers.push(...more);
  // OBS's SDK for Java takes no document for XML that does not say that it is.
  if (exchange.dialect !== S3 && plan.operation.answers === 'document') asXml(headers);
  const unread = received.body === 'some' && !request.complete;
  if (unread) {
    headers.push('connection', 'close');
    exchange.close = true;
    endsConnection(request.socket);
  }
  const trailing = trailersTo(exchange, response, headers, plan);
  const bytes = response.statusCode === 206 ? partBytes(exchange, response) : undefined;
  const whole = trailing || unread || client.destroyed ? undefined : wholeBody(response, bytes);
  if (!whole) return pourOn(reply, { headers, bytes, trailing, unread });
  writeHead(exchange, response.statusCode ?? 502, headers);
  countBody(exchange, whole.byteLength);
  if (isWorth(whole)) {
    // What was not written may still be queued below, and is left alone.
    const ended = (error?: Error | null): void => {
      if (!error && freesPieces(response)) letGo(whole);
    };
    client.end(whole, ended);
  }
  // Node writes the head and a text in one string, but the head and bytes as two pieces.
  else if (whole.byteLength > 0) client.end(whole.toString('latin1'), 'latin1');
  else client.end();
  return undefined;
}

const NOTHING: readonly string[] = [];

interface Flow {
  readonly headers: string[];
  readonly bytes: number | undefined;
  readonly trailing: boolean;
  readonly unread: boolean;
}

async function pourOn(reply: Reply, { headers, bytes, trailing, unread }: Flow): Promise<void> {
  const { exchange, plan } = reply;
  const { response } = reply.answer;
  const { response: client } = exchange;
  try {
    const begin = (): void => writeHead(exchange, response.statusCode ?? 502, headers);
    await pour(response, client, begin, { bytes, count: exchange.log });
  } catch (error) {
    if (exchange.signal.aborted) throw error;
    if (!client.headersSent) throw brokenOff(error);
    exchange.log.code = 'Truncated';
    throw error;
  }
  if (trailing) client.addTrailers(clientTrailers(response, plan));
  if (unread) await drained(exchange);
  client.end();
}

/** A part in chunks says its length in its Content-Range alone. An MD5 of 16 bytes may stand behind it. */
function partBytes({ received }: Exchange, response: StoreResponse): number | undefined {
  if (received.method === 'HEAD') return undefined;
  const { headers } = response;
  if (headers['transfer-encoding'] === undefined) return undefined;
  const [, from, to] = /^bytes (\d{1,15})-(\d{1,15})\//.exec(headers['content-range'] ?? '') ?? [];
  if (from === undefined || to === undefined || received.headers.has('x-amz-te')) return undefined;
  return Number(to) - Number(from) + 1;
}

function brokenOff(cause: unknown): S3Error {
  return new S3Error('ServiceUnavailable', 'The answer of the store broke off. Please try again.', { cause });
}

/**
 * What the store sends behind the body goes on behind it, where the client's version of HTTP has a place for it: behind
 * a body in chunks. Adds their names to the headers, and says whether there is such a place.
 */
function trailersTo(
  { request, received, dialect }: Exchange,
  response: StoreResponse,
  headers: string[],
  plan: Plan,
): boolean {
  const bodyless = received.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304;
  const inChunks = !bodyless && fieldOf(response, 'transfer-encoding') !== undefined;
  // Nobody but a client of AWS asks for trailers.
  if (!inChunks || request.httpVersion !== '1.1' || dialect !== S3) return false;
  const announced = announcedTrailers(response, plan.ssecKeys);
  if (announced !== undefined) headers.push('trailer', announced);
  return true;
}

/** A document that the store sent under another type, or without one. */
function asXml(headers: string[]): void {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if ((headers[i] as string).toLowerCase() !== 'content-type') continue;
    if (!/^(?:application|text)\/xml\b/i.test(headers[i + 1] as string)) headers[i + 1] = 'application/xml';
    return;
  }
  headers.push('content-type', 'application/xml');
}
