import { endsConnection } from '../../listener/ending.ts';
import type { StoreError } from '../../response/store-error.ts';
import type { S3Error } from '../../s3/errors.ts';
import { errorXml } from '../../s3/xml.ts';
import type { Exchange } from '../exchange.ts';

/** How long a client that is still sending gets to read a refusal before its connection ends. */
const LINGER_MS = 2000;

/** Answers with an error of the proxy's own; ends the connection when the request's body is still on its way. */
export async function refuse(exchange: Exchange, error: S3Error): Promise<void> {
  exchange.log.code = error.code;
  await sendError(exchange, error.status, error, []);
}

/** Sends an error as S3 XML. `headers`: name, value, name, value … to stand before those of the document. */
export async function sendError(
  exchange: Exchange,
  status: number,
  error: StoreError,
  headers: readonly string[],
): Promise<void> {
  await sendDocument(exchange, status, errorDocument(exchange, error), headers);
}

/** The `<Error>` document that this client gets. */
export function errorDocument({ rawTarget, id }: Exchange, { code, message, fields }: StoreError): string {
  const resource = rawTarget.split('?')[0] ?? '/';
  return errorXml({ Code: code, Message: message, ...fields, Resource: resource, RequestId: id });
}

/** Sends a whole document of the proxy's own making. */
export async function sendDocument(
  exchange: Exchange,
  status: number,
  document: string,
  headers: readonly string[],
): Promise<void> {
  const { request, response, id, method } = exchange;
  // A Buffer, since Node writes the head in the encoding of the first chunk, and UTF-8 would garble its bytes.
  const xml = Buffer.from(document);
  const unread = exchange.body === 'some' && !request.complete;
  const close = exchange.close || unread;
  if (close) endsConnection(request.socket);
  response.writeHead(status, [
    ...headers,
    'content-type',
    'application/xml',
    'content-length',
    String(xml.byteLength),
    'x-amz-request-id',
    id,
    ...(close ? ['connection', 'close'] : []),
  ]);
  if (method !== 'HEAD') response.write(xml);
  if (unread) await drained(exchange);
  response.end();
}

/**
 * Reads on for a while before the connection closes: closing with unread data in the socket resets it, and the
 * client would lose the answer on its way.
 */
export function drained({ request, signal }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', done).once('error', done);
    signal.addEventListener('abort', done, { once: true });
    // What took the body out of its framing is full and would have the request paused again.
    request.unpipe();
    request.resume();
  });
}
