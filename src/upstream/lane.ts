import { isIP } from 'node:net';
import type { Upstream } from './upstream.ts';

/** Where a request goes. */
interface Place {
  readonly upstream: Pick<Upstream, 'protocol' | 'hostname' | 'port'>;
  /** The Host header. */
  readonly host: string;
}

/** Requests to different names have different connections: the certificate was checked for one of them. */
export function laneOf({ upstream: { protocol, hostname, port }, host }: Place): string {
  return `${protocol}//${hostname}:${port} ${protocol === 'https:' ? servernameOf(host) : ''}`;
}

/** An address has no place in SNI; its certificate is checked for the address that was connected to. */
export function servernameOf(host: string): string {
  const name = host.replace(/:[0-9]+$/, '');
  return name.startsWith('[') || isIP(name) !== 0 ? '' : name;
}
