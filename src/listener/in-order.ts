import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isEnding } from './ending.ts';
import type { Handler } from './handler.ts';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * "A server MAY process a sequence of pipelined requests in parallel if they all have safe methods": Node emits them
 * all at once, so the others wait for the response before them, and are dropped when that one ends the connection.
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
export function inOrder(handler: Handler): Handler {
  const latest = new WeakMap<Socket, Queued>();
  return (request, response) => {
    const { socket, method = '' } = request;
    const before = latest.get(socket);
    const safe = SAFE.has(method);
    // A safe request after safe ones waits for the same write as they do.
    const gate = safe && before?.safe ? before.gate : before?.response;
    latest.set(socket, { safe, response, gate });
    if (!gate || gate.closed) startOn(socket, request, response, handler);
    else gate.setMaxListeners(0).once('close', () => startOn(socket, request, response, handler));
  };
}

interface Queued {
  readonly safe: boolean;
  readonly response: ServerResponse;
  /** The response that must be sent before this request is handled. */
  readonly gate: ServerResponse | undefined;
}

function startOn(socket: Socket, request: IncomingMessage, response: ServerResponse, handler: Handler): void {
  if (socket.writable && !isEnding(socket)) handler(request, response);
}
