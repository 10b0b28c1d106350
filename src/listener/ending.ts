import type { Socket } from 'node:net';

/** Connections that end with the response in progress. */
const ending = new WeakSet<Socket>();

/** Nothing more on this connection is a request: it follows a refused request whose body was not read. */
export function endsConnection(socket: Socket): void {
  ending.add(socket);
}

export function isEnding(socket: Socket): boolean {
  return ending.has(socket);
}
