/** Family and transport, in a header of the PROXY protocol's version 2. */
export const FAMILY = { unspecified: 0x00, ipv4: 0x11, ipv6: 0x21, unix: 0x31 } as const;

const ADDRESS_BYTES: Readonly<Record<number, number>> = { 17: 12, 33: 36, 49: 216 };

interface Said {
  /** 0x21 is PROXY. */
  readonly command?: number;
  readonly family: number;
  readonly address?: string;
  /** Behind the addresses. */
  readonly more?: Buffer;
}

/** A header of version 2, as a load balancer writes it. */
export function binaryHeader({ command = 0x21, family, address, more = Buffer.alloc(0) }: Said): Buffer {
  const addresses = Buffer.alloc(ADDRESS_BYTES[family] ?? 0);
  if (address !== undefined) bytesOf(address).copy(addresses);
  const head = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex');
  head[12] = command;
  head[13] = family;
  head.writeUInt16BE(addresses.length + more.length, 14);
  return Buffer.concat([head, addresses, more]);
}

function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [before = '', behind] = address.split('::');
  const groups = (text = ''): string[] => text.split(':').filter(Boolean);
  const gap = 8 - groups(before).length - groups(behind).length;
  const all = [...groups(before), ...Array<string>(gap).fill('0'), ...groups(behind)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
