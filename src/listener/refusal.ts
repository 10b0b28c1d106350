import type { Socket } from 'node:net';
import type { S3Error } from '../s3/errors.ts';
import { newRequestId, REQUEST_ID } from '../s3/request-id.ts';
import { errorXml } from '../s3/xml.ts';

/** How long a client may take to close its side of a connection that was ended, in milliseconds. */
const LINGER_MS = 2000;

/** For bytes that never became a request: answers as S3 does, and ends the connection. A silent one is ended silently. */
export function refuseBytes(socket: Socket, { code, message, status }: S3Error): void {
  if (!socket.writable || socket.bytesRead === 0) {
    socket.destroy();
    return;
  }
  const id = newRequestId();
  const xml = errorXml({ Code: code, Message: message, RequestId: id });
  endSoon(
    socket,
    `HTTP/1.1 ${status} Bad Request\r\nconnection: close\r\ncontent-type: application/xml\r\n${REQUEST_ID}: ${id}\r\ncontent-length: ${Buffer.byteLength(xml)}\r\n\r\n${xml}`,
  );
}

/** Ends the proxy's side, and the whole connection when the client does not end its own. */
export function endSoon(socket: Socket, last = ''): void {
  socket.end(last);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}
