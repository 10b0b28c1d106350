import { BlockList, isIP } from 'node:net';

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
