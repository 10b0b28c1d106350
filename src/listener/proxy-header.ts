import { isIP, SocketAddress } from 'node:net';

/** What a header of the PROXY protocol says, or how far it is. */
export type ProxyHeader =
  | { readonly kind: 'more' }
  | { readonly kind: 'malformed' }
  /** `address` is undefined where the connection is the sender's own, as a health check is. */
  | { readonly kind: 'whole'; readonly length: number; readonly address: string | undefined };

/**
 * Reads the header of the PROXY protocol, version 1 or 2, that a connection begins with. Strict: what the specification
 * does not have is malformed, since a header that two readers understand differently names the wrong client.
 * https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt
 * @param bytes all that has come so far
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (begins(bytes, SIGNATURE)) return bytes.length < FIXED ? MORE : parseBinary(bytes);
  if (begins(bytes, WORD)) return parseText(bytes);
  return MALFORMED;
}

const MORE = { kind: 'more' } as const;
const MALFORMED = { kind: 'malformed' } as const;

const WORD = Buffer.from('PROXY ');
/** "a 107-byte buffer is always enough to store all the line and a trailing zero": with the CRLF, without the zero. */
const MOST_TEXT = 107;

/** "\x0D\x0A\x0D\x0A\x00\x0D\x0A\x51\x55\x49\x54\x0A" */
const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
/** Signature, version with command, family with transport, and the length of the rest. */
const FIXED = 16;
/** Addresses and all that a balancer adds: certificates' names, an id. More than any balancer writes by default. */
const MOST_REST = 2048;

/** Is this how it begins, as far as it is here? */
function begins(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

const UNKNOWN = /^PROXY UNKNOWN(?: [\x20-\x7e]*)?$/;
const ADDRESSES = /^PROXY TCP([46]) ([0-9a-fA-F.:]{2,45}) ([0-9a-fA-F.:]{2,45}) (\d{1,5}) (\d{1,5})$/;

function parseText(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, MOST_TEXT).indexOf('\r\n');
  if (end < 0) return bytes.length < MOST_TEXT ? MORE : MALFORMED;
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  // "the receiver must ignore anything presented before the CRLF"
  if (UNKNOWN.test(line)) return { kind: 'whole', length, address: undefined };
  const [, version, source = '', destination = '', from, to] = ADDRESSES.exec(line) ?? [];
  const family = Number(version);
  if (isIP(source) !== family || isIP(destination) !== family || !isPort(from) || !isPort(to))
    return MALFORMED;
  return { kind: 'whole', length, address: family === 6 ? shortest(source) : source };
}

function isPort(text = ''): boolean {
  return String(Number(text)) === text && Number(text) <= 65_535;
}

/** By the byte of family and transport: how many bytes its addresses take. Datagrams do not come by a connection. */
const FAMILIES: Readonly<Record<number, { kind: 'unspecified' | 'ipv4' | 'ipv6' | 'unix'; bytes: number }>> =
  {
    0: { kind: 'unspecified', bytes: 0 },
    17: { kind: 'ipv4', bytes: 12 },
    33: { kind: 'ipv6', bytes: 36 },
    49: { kind: 'unix', bytes: 216 },
  };

const LOCAL = 0x20;
const PROXY = 0x21;

function parseBinary(bytes: Buffer): ProxyHeader {
  const [command, family = -1] = [bytes[12], bytes[13]];
  const rest = bytes.readUInt16BE(14);
  const length = FIXED + rest;
  if ((command !== LOCAL && command !== PROXY) || rest > MOST_REST) return MALFORMED;
  // "the receiver must … discard the protocol block including the family which is ignored"
  if (command === LOCAL) return bytes.length < length ? MORE : { kind: 'whole', length, address: undefined };
  const known = FAMILIES[family];
  if (!known || rest < known.bytes) return MALFORMED;
  if (bytes.length < length) return MORE;
  // "the receiver should ignore the address information" of what is unspecified: all of its bytes.
  const fields = bytes.subarray(FIXED + known.bytes, length);
  if (known.kind !== 'unspecified' && !areFields(fields)) return MALFORMED;
  return { kind: 'whole', length, address: addressIn(bytes.subarray(FIXED), known.kind) };
}

function addressIn(addresses: Buffer, kind: 'unspecified' | 'ipv4' | 'ipv6' | 'unix'): string | undefined {
  if (kind === 'ipv4') return addresses.subarray(0, 4).join('.');
  if (kind !== 'ipv6') return undefined;
  const groups = Array.from({ length: 8 }, (_, group) => addresses.readUInt16BE(2 * group).toString(16));
  return shortest(groups.join(':'));
}

/** Type-length-value fields have to fill what is left: nothing of them is used, but a header is whole or it is not. */
function areFields(bytes: Buffer): boolean {
  let at = 0;
  while (at + 3 <= bytes.length) at += 3 + bytes.readUInt16BE(at + 1);
  return at === bytes.length;
}

/** As the system writes it; an IPv4 address in IPv6's form is one of IPv4. */
export function shortest(address: string): string {
  const text = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = text.startsWith('::ffff:') ? text.slice('::ffff:'.length) : '';
  return isIP(mapped) === 4 ? mapped : text;
}
