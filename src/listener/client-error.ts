import type { Socket } from 'node:net';
import { endBehindAnswers, judgeHead, refuseFraming, refuseMalformed } from './between-requests.ts';
import type { ClientConnections } from './connections.ts';
import { isEnding } from './ending.ts';
import { endSoon } from './refusal.ts';

/** What Node's server has against what a client sends: bytes that its parser does not take, or a head that is late. */
export function judgeClientError(
  { code }: NodeJS.ErrnoException,
  socket: Socket,
  connections: ClientConnections,
): void {
  const { load } = connections;
  const connection = connections.of(socket);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    if (connection) judgeHead(connection, load);
    return;
  }
  const busy = connection !== undefined && connection.answering > 0;
  // Bytes after the last request of a connection are ignored, so that the response is sent undisturbed.
  if (code === 'HPE_CLOSED_CONNECTION' && busy) return;
  // After a request that is still being answered, a refusal would end up in the middle of that response.
  if (isEnding(socket)) endSoon(socket);
  // Bytes that break off are a client that left; those that break the framing are a fault, which is told.
  else if (busy && code?.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') refuseFraming(connection);
  else if (busy) endBehindAnswers(connection);
  else refuseMalformed(socket, load, `it is not HTTP as it should be (${code ?? 'unknown'})`);
}
