import { pipeline } from 'node:stream/promises';
import type { SseKey } from '../keys/key.ts';
import { relayedHeaders } from '../response/rewrite.ts';
import { readStoreError, type StoreError } from '../response/store-error.ts';
import { S3Error } from '../s3/errors.ts';
import { errorXml } from '../s3/xml.ts';
import type { Answer } from '../upstream/forward.ts';
import type { Exchange } from './exchange.ts';
import type { Plan } from './plan.ts';

/** How long a client that is still sending gets to read a refusal before its connection ends. */
const LINGER_MS = 2000;

/**
 * Codes that blame the proxy's own dealings with the store. Clients would take them for their own fault, and SDKs
 * set their clocks by them.
 */
const OUR_FAULTS: ReadonlySet<string> = new Set([
  'AuthorizationHeaderMalformed',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

/** Streams the store's answer to the client. A store that dies half-way ends the client's connection visibly. */
export async function relay(exchange: Exchange, answer: Answer, plan: Plan): Promise<void> {
  const { response } = answer;
  const status = response.statusCode ?? 502;
  exchange.log.upstreamStatus = status;
  const upstreamRequestId = response.headers['x-amz-request-id'];
  if (typeof upstreamRequestId === 'string') exchange.log.upstreamRequestId = upstreamRequestId;
  try {
    if (status >= 400 && exchange.method !== 'HEAD') await relayError(exchange, answer, keysInPlay(plan));
    else await relayBody(exchange, answer, status);
  } finally {
    if (answer.early || !response.complete) answer.destroy();
  }
}

async function relayBody(exchange: Exchange, { response, early }: Answer, status: number): Promise<void> {
  const headers = [...relayedHeaders(response, 'relayed'), 'x-amz-request-id', exchange.id];
  if (early) headers.push('connection', 'close');
  exchange.response.writeHead(status, response.statusMessage ?? '', headers);
  await pipeline(response, exchange.response, { end: !early });
  if (!early) return;
  await drained(exchange);
  exchange.response.end();
}

/** Error documents are made anew from what is known of them, never relayed. */
async function relayError(
  exchange: Exchange,
  { response }: Answer,
  ssecKeys: readonly SseKey[],
): Promise<void> {
  const status = response.statusCode ?? 502;
  const error = (await readStoreError(response, ssecKeys)) ?? nameless(status);
  exchange.log.code = error.code;
  if (OUR_FAULTS.has(error.code)) {
    exchange.log.cause = `the store refused the proxy's own signature: ${error.code}: ${error.message}; check upstream.credentials, upstream.region and this host's clock`;
    throw new S3Error('ServiceUnavailable', 'The proxy could not sign in at the store. Its log says why.');
  }
  await sendXml(exchange, status, error, relayedHeaders(response, 'replaced'));
}

function nameless(status: number): StoreError {
  return {
    code: status >= 500 ? 'InternalError' : 'BadRequest',
    message: `The store answered with status ${status}.`,
    fields: {},
  };
}

function keysInPlay({ ssec, source }: Plan): readonly SseKey[] {
  return [ssec, source?.ssec].flatMap((injection) => (injection?.kind === 'inject' ? injection.ring : []));
}

/** Answers with an error of the proxy's own; ends the connection when the request's body is still on its way. */
export async function refuse(exchange: Exchange, error: S3Error): Promise<void> {
  exchange.log.code = error.code;
  await sendXml(exchange, error.status, error, []);
}

async function sendXml(
  exchange: Exchange,
  status: number,
  { code, message, fields }: StoreError,
  headers: readonly string[],
): Promise<void> {
  const { request, response, id, method, rawTarget } = exchange;
  const resource = rawTarget.split('?')[0] ?? '/';
  // A Buffer, since Node writes the head in the encoding of the first chunk, and UTF-8 would garble its bytes.
  const xml = Buffer.from(
    errorXml({ Code: code, Message: message, ...fields, Resource: resource, RequestId: id }),
  );
  const unread = exchange.body === 'some' && !request.complete;
  response.writeHead(status, [
    ...headers,
    'content-type',
    'application/xml',
    'content-length',
    String(xml.byteLength),
    'x-amz-request-id',
    id,
    ...(unread ? ['connection', 'close'] : []),
  ]);
  if (method !== 'HEAD') response.write(xml);
  if (unread) await drained(exchange);
  response.end();
}

/**
 * Reads on for a while before the connection closes: closing with unread data in the socket resets it, and the
 * client would lose the answer on its way.
 */
function drained({ request, signal }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', done).once('error', done);
    signal.addEventListener('abort', done, { once: true });
    request.resume();
  });
}
