import type { Socket } from 'node:net';

/** Connections that end with the response in progress. */
const ending = new WeakSet<Socket>();
const ends = new WeakMap<Socket, End>();

/** Who ended a connection in the middle of an exchange, when it was not the client: as the log has it. */
export interface End {
  readonly code: 'ClientLeft' | 'Drained';
  readonly cause: string;
}

/** Nothing more on this connection is a request: it follows a refused request whose body was not read. */
export function endsConnection(socket: Socket): void {
  ending.add(socket);
}

export function isEnding(socket: Socket): boolean {
  return ending.has(socket);
}

/**
 * Ends a connection so that nothing on it looks whole. Over TLS the missing close_notify shows it; without TLS an answer
 * that ends with its connection would look whole if that were not reset.
 */
export function breakConnection(socket: Socket, end: End): void {
  endsConnection(socket);
  ends.set(socket, end);
  // All is out, and its end is on its way: a reset would be refused, and the socket would never close.
  const isOut = socket.writableEnded && socket.writableLength === 0;
  if ('encrypted' in socket || isOut) socket.destroy();
  else socket.resetAndDestroy();
}

/** How the proxy broke a connection, if it did. */
export function endOf(socket: Socket): End | undefined {
  return ends.get(socket);
}
