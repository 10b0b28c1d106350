import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** By the sockets that requests come from: OpenSSL is asked once a connection. */
const versions = new WeakMap<Socket, string>();

/** As `TLSv1.3`; undefined for plain HTTP. */
export function tlsVersionOf(socket: Socket): string | undefined {
  if (!('encrypted' in socket)) return undefined;
  const known = versions.get(socket);
  if (known !== undefined) return known;
  const version = (socket as TLSSocket).getProtocol() ?? undefined;
  if (version !== undefined) versions.set(socket, version);
  return version;
}
