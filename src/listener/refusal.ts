import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { S3Error } from '../s3/errors.ts';
import { newRequestId, REQUEST_ID } from '../s3/request-id.ts';
import { errorXml } from '../s3/xml.ts';
import { remoteOf } from './remote.ts';

/** How long a client may take to close its side of a connection that was ended, in milliseconds. */
const LINGER_MS = 2000;

/** What never became a request was answered. */
export interface RefusedBytes {
  /** Of the answer. */
  readonly id: string;
  readonly error: S3Error;
  readonly remote: string | undefined;
  /** The version, where there is any. */
  readonly tls: string | undefined;
  /** Of the body of the answer. */
  readonly bytesOut: number;
}

/** Who is told. */
interface RefusalTold {
  readonly refusedBytes: (refused: RefusedBytes) => void;
}

/**
 * For bytes that never became a request: answers as S3 does, tells it, and ends the connection. A silent one is ended
 * silently.
 */
export function refuseBytes(socket: Socket, error: S3Error, { refusedBytes }: RefusalTold): void {
  if (!socket.writable || socket.bytesRead === 0) {
    socket.destroy();
    return;
  }
  const id = newRequestId();
  const { text, bytesOut } = answerOf(error, id);
  const { address: remote, tls } = remoteOf(socket);
  refusedBytes({ id, error, remote, tls, bytesOut });
  endSoon(socket, text);
}

/**
 * For a connection that there is not even room for to wait for its request: its answer is out before it closes. (A client
 * whose request had arrived sees a reset behind the answer.)
 */
export function refuseAtOnce(socket: Socket): void {
  const { text } = answerOf(new S3Error('SlowDown', SLOW_DOWN), newRequestId());
  socket.end(text, () => socket.destroy());
}

export const SLOW_DOWN = 'Please reduce your request rate.';

/** Ends the proxy's side, and the whole connection when the client does not end its own. */
export function endSoon(socket: Socket, last = ''): void {
  socket.end(last);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** A whole answer in bytes. */
function answerOf(
  { code, message, status }: S3Error,
  id: string,
): { readonly text: string; readonly bytesOut: number } {
  const xml = errorXml({ Code: code, Message: message, RequestId: id });
  const bytesOut = Buffer.byteLength(xml);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/xml',
    ...(code === 'SlowDown' ? ['retry-after: 1'] : []),
    // Clients set their clocks by it.
    `date: ${new Date().toUTCString()}`,
    `${REQUEST_ID}: ${id}`,
    `content-length: ${bytesOut}`,
  ];
  return { text: `${head.join('\r\n')}\r\n\r\n${xml}`, bytesOut };
}
