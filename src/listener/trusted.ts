import { BlockList, isIP, SocketAddress } from 'node:net';

interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

/** `"10.0.0.0/8"`, `"fd00::/8"`, or one address; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', digits, more] = text.split('/', 3);
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || more !== undefined) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = digits === undefined ? bits : Number(digits);
  if (digits !== undefined && (String(prefix) !== digits || !(prefix <= bits))) return undefined;
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix };
}

/** The network that a text means, written as it is usual, if an address within it stands there instead; undefined otherwise. */
export function networkMeant(text: string): string | undefined {
  const network = parseNetwork(text);
  if (!network) return undefined;
  const { address, family, prefix } = network;
  const bits = family === 'ipv4' ? 32n : 128n;
  const rest = bits - BigInt(prefix);
  const number = family === 'ipv4' ? joined(address.split('.'), 10, 8n) : joined(groupsOf(address), 16, 16n);
  const first = (number >> rest) << rest;
  if (first === number) return undefined;
  if (family === 'ipv4') return `${parts(first, 4, 8n).join('.')}/${prefix}`;
  const groups = parts(first, 8, 16n).map((part) => part.toString(16));
  return `${new SocketAddress({ address: groups.join(':'), family }).address}/${prefix}`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly string[] {
  const end = address.lastIndexOf(':') + 1;
  const last = address.slice(end);
  // As in "::ffff:192.0.2.7".
  const low = last.includes('.') ? parts(joined(last.split('.'), 10, 8n), 2, 16n) : undefined;
  const plain = low ? address.slice(0, end) + low.map((part) => part.toString(16)).join(':') : address;
  const [before = [], after] = plain.split('::').map((side) => (side === '' ? [] : side.split(':')));
  if (!after) return before;
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}

function joined(digits: readonly string[], base: number, bits: bigint): bigint {
  return digits.reduce((sum, one) => (sum << bits) + BigInt(Number.parseInt(one, base)), 0n);
}

function parts(number: bigint, count: number, bits: bigint): number[] {
  return Array.from({ length: count }, (_, at) =>
    Number((number >> (bits * BigInt(count - 1 - at))) & ((1n << bits) - 1n)),
  );
}

const compiled = new WeakMap<readonly string[], BlockList>();

/** Is an address in one of the networks? Their list is compiled once. */
export function isTrusted(address: string, networks: readonly string[]): boolean {
  let list = compiled.get(networks);
  if (!list) {
    list = new BlockList();
    for (const text of networks) {
      const network = parseNetwork(text);
      if (network) list.addSubnet(network.address, network.prefix, network.family);
    }
    compiled.set(networks, list);
  }
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
