import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { namesOf } from './certificate-names.ts';

const known = new WeakMap<Socket, ReadonlySet<string>>();
const NOBODY: ReadonlySet<string> = new Set();

/** The names in the certificate that a client has shown and that its listener's authority has signed; none without one. */
export function clientNames(socket: Socket): ReadonlySet<string> {
  const secure = socket as Partial<TLSSocket>;
  if (secure.authorized !== true) return NOBODY;
  const before = known.get(socket);
  if (before) return before;
  const certificate = secure.getPeerX509Certificate?.();
  const names = certificate ? namesOf(certificate) : NOBODY;
  known.set(socket, names);
  return names;
}
