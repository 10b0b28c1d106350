import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** The client's end of a connection. */
export interface Remote {
  /** Undefined for a client of a unix socket. */
  readonly address: string | undefined;
  /** The version of TLS, as `TLSv1.3`; undefined for plain HTTP. */
  readonly tls: string | undefined;
}

/** By the sockets that requests come from. */
const remotes = new WeakMap<Socket, Remote>();

/** Keeps whose connection this is, once: a socket that was closed does not know any more, and OpenSSL is not asked again. */
export function noteRemote(socket: Socket, address: string | undefined): void {
  remotes.set(socket, { address, tls: tlsVersionOf(socket) });
}

export function remoteOf(socket: Socket): Remote {
  return remotes.get(socket) ?? { address: socket.remoteAddress, tls: tlsVersionOf(socket) };
}

/**
 * Was a connection over TCP reset before anybody asked whose it is? What it brought can still be read, but nobody can be told, and
 * it must not pass for one of a unix socket, whose clients are believed.
 */
export function hasLostPeer(raw: Socket): boolean {
  return raw.remoteAddress === undefined && raw.localAddress !== undefined;
}

function tlsVersionOf(socket: Socket): string | undefined {
  return 'encrypted' in socket ? ((socket as TLSSocket).getProtocol() ?? undefined) : undefined;
}
