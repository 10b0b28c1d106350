import { BlockList, isIP } from 'node:net';

/** A place to listen at. An IPv6 host has no brackets here. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a listener may be, beside an address: a unix socket, or one that systemd has opened. */
export type ListenPlace =
  | ({ readonly kind: 'address' } & Address)
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'systemd'; readonly name: string };

/** "sun_path … is 108 bytes in size", with a zero at its end: https://man7.org/linux/man-pages/man7/unix.7.html */
const MOST_PATH = 107;

/** An address, `"unix:/run/s3.sock"` or `"systemd:NAME"`; undefined for anything else. */
export function parseListenPlace(text: string): ListenPlace | undefined {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    const fits = path.startsWith('/') && !path.endsWith('/') && !path.includes('\0');
    return fits && Buffer.byteLength(path) <= MOST_PATH ? { kind: 'unix', path } : undefined;
  }
  const [, name] = /^systemd:([a-zA-Z0-9_.@-]{1,255})$/.exec(text) ?? [];
  if (name !== undefined) return { kind: 'systemd', name };
  const address = parseAddress(text);
  return address && { kind: 'address', ...address };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;

/** `"127.0.0.1:8443"`, `"[::1]:8443"`, `"localhost:8443"`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port <= 65_535)) return undefined;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined;
  if (plain === undefined || !isHost(plain)) return undefined;
  return { host: plain, port };
}

/** A host name or an IPv4 address. `1.2.3` and `300.1.1.1` look like names but are neither. */
export function isHost(text: string): boolean {
  return isIP(text) === 4 || (isHostName(text) && !/(^|\.)\d+$/.test(text));
}

export function isHostName(text: string): boolean {
  return text.length <= 253 && HOST_NAME.test(text);
}

/** 127.0.0.0/8, ::1 and localhost: what only this machine (or this pod) can reach. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** Would listening at both fail with EADDRINUSE? Port 0 takes any free port and clashes with nothing. */
export function addressesClash(a: Address, b: Address): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  const [hostA, hostB] = [canonicalHost(a.host), canonicalHost(b.host)];
  if (hostA === hostB || hostA === '::' || hostB === '::') return true;
  const wildcard = hostA === '0.0.0.0' ? hostB : hostB === '0.0.0.0' ? hostA : undefined;
  return wildcard !== undefined && isIP(wildcard) !== 6;
}

function canonicalHost(host: string): string {
  if (isIP(host) === 6) return new URL(`http://[${host}]`).hostname.slice(1, -1);
  return host.toLowerCase();
}
