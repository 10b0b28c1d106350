import type { Socket } from 'node:net';

/** By the sockets that requests come from. */
const addresses = new WeakMap<Socket, string>();

/** Keeps whose connection this is, once: a socket that was closed does not know any more. */
export function noteRemote(socket: Socket, address: string | undefined): void {
  if (address !== undefined) addresses.set(socket, address);
}

/** The address of the client behind a connection; undefined for a client of a unix socket. */
export function remoteOf(socket: Socket): string | undefined {
  return addresses.get(socket) ?? socket.remoteAddress;
}
