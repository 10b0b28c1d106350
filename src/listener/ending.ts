import type { Socket } from 'node:net';

/** Connections that end with the answer that is on its way. */
const ending = new WeakSet<Socket>();

/** Whatever comes on this connection from now on is not a request: it stands behind one that was refused unread. */
export function endsConnection(socket: Socket): void {
  ending.add(socket);
}

export function isEnding(socket: Socket): boolean {
  return ending.has(socket);
}
