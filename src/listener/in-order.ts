import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isEnding } from './ending.ts';
import type { Handler } from './listen.ts';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * "A server MAY process a sequence of pipelined requests in parallel if they all have safe methods": Node hands them
 * out all at once, so the others wait for the answer before them, and are never done when that one ends the connection.
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
export function inOrder(handler: Handler): Handler {
  const latest = new WeakMap<Socket, { method: string; response: ServerResponse }>();
  return (request, response) => {
    const { socket, method = '' } = request;
    const before = latest.get(socket);
    latest.set(socket, { method, response });
    const free = !before || before.response.closed || (SAFE.has(method) && SAFE.has(before.method));
    if (free) startOn(socket, request, response, handler);
    else before.response.once('close', () => startOn(socket, request, response, handler));
  };
}

function startOn(socket: Socket, request: IncomingMessage, response: ServerResponse, handler: Handler): void {
  if (socket.writable && !isEnding(socket)) handler(request, response);
}
