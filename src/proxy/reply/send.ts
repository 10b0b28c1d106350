import { S3 } from '../../dialects/dialect.ts';
import { endsConnection } from '../../listener/ending.ts';
import type { StoreError } from '../../response/store-error.ts';
import type { S3Error } from '../../s3/errors.ts';
import { errorElement, XML_DECLARATION } from '../../s3/xml.ts';
import { letGo } from '../../upstream/let-go.ts';
import type { Exchange } from '../exchange.ts';
import { drained } from './drained.ts';
import { countBody, writeHead } from './head.ts';
import { errorHead, inClientsDialect } from './own-words.ts';

/** Answers with an error of the proxy's own; ends the connection when the request's body is still on its way. */
export async function refuse(exchange: Exchange, error: S3Error): Promise<void> {
  exchange.log.code = error.code;
  await sendError(exchange, error.status, error, error.code === 'SlowDown' ? RETRY_AFTER : []);
}

const DECLARATION = Buffer.from(XML_DECLARATION);

/** In seconds, for clients that read it: SDKs wait by their own measure. */
const RETRY_AFTER = ['retry-after', '1'];

/** Sends an error as S3 XML. `headers`: name, value, name, value … to stand before those of the document. */
export async function sendError(
  exchange: Exchange,
  status: number,
  error: StoreError,
  headers: readonly string[],
): Promise<void> {
  const more = exchange.dialect === S3 ? headers : [...headers, ...errorHead(exchange, error)];
  await sendDocument(exchange, status, errorFor(exchange, error), more);
}

/** The `<Error>` element that this client gets. */
export function errorFor(
  exchange: Pick<Exchange, 'rawTarget' | 'id' | 'dialect' | 'log'>,
  error: StoreError,
): string {
  const { rawTarget, id, dialect } = exchange;
  const { code, message, fields } = dialect === S3 ? error : inClientsDialect(exchange, error);
  const resource = rawTarget.split('?')[0] ?? '/';
  return errorElement({ Code: code, Message: message, ...fields, Resource: resource, RequestId: id });
}

/** Sends a whole document of the proxy's own making. `element`: its root, without a declaration; a Buffer is UTF-8, and nobody else's. */
export async function sendDocument(
  exchange: Exchange,
  status: number,
  element: string | Buffer,
  headers: readonly string[],
): Promise<void> {
  // A Buffer, since Node writes the head in the encoding of the first chunk, and UTF-8 would garble its bytes.
  const xml = typeof element === 'string' ? Buffer.from(element) : element;
  await send(
    exchange,
    status,
    [
      ...headers,
      'content-type',
      'application/xml',
      'content-length',
      String(DECLARATION.byteLength + xml.byteLength),
    ],
    [DECLARATION, xml],
  );
}

/** Sends a head with nothing behind it. */
export async function sendEmpty(
  exchange: Exchange,
  status: number,
  headers: readonly string[],
): Promise<void> {
  // "A server MUST NOT send a Content-Length header field in any response with a status code of 204".
  await send(exchange, status, [...headers, ...(status === 204 ? [] : ['content-length', '0'])], []);
}

async function send(
  exchange: Exchange,
  status: number,
  headers: readonly string[],
  pieces: readonly Buffer[],
): Promise<void> {
  const { request, response, received } = exchange;
  const unread = received.body === 'some' && !request.complete;
  const close = exchange.close || unread;
  if (close) endsConnection(request.socket);
  writeHead(exchange, status, [...headers, ...(close ? ['connection', 'close'] : [])]);
  if (received.method !== 'HEAD') {
    for (const piece of pieces) {
      countBody(exchange, piece.byteLength);
      // One that was not written may still be queued below, and is left alone.
      response.write(piece, (error) => {
        if (!error) letGo(piece);
      });
    }
  }
  exchange.written = true;
  if (unread) await drained(exchange);
  response.end();
}
