import type { LookupAddress } from 'node:dns';
import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

export type Family = 4 | 6;

/**
 * The families that this machine has an address of, loopback aside, as `AI_ADDRCONFIG` asks getaddrinfo for them: without
 * IPv6 nobody asks for AAAA. A machine with neither asks for both.
 */
export function familiesOf(interfaces: Interfaces): readonly Family[] {
  const own = addressesIn(interfaces).filter(({ internal }) => !internal);
  const families = ([4, 6] as const).filter((family) => own.some((each) => each.family === `IPv${family}`));
  return families.length === 0 ? [4, 6] : families;
}

/**
 * In the order of RFC 6724 as getaddrinfo has it, as far as it decides which family is first: an address that this
 * machine has a source for, then one whose label its source has, then the higher precedence. Addresses that are equal
 * in this keep the order of the answer. `autoSelectFamily` then takes the families in turn, beginning with the first.
 */
export function inOrder(addresses: readonly LookupAddress[], interfaces: Interfaces): LookupAddress[] {
  const sources = addressesIn(interfaces);
  return addresses
    .map((entry) => ({ entry, rank: rankOf(entry, sources) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ entry }) => entry);
}

/** Smaller is earlier. */
function rankOf({ address, family }: LookupAddress, sources: readonly NetworkInterfaceInfo[]): number {
  const label = labelOf(address, family);
  const loopback = label === 'loopback' || address.startsWith('127.');
  const reaching = sources.filter(
    (source) =>
      source.family === `IPv${family}` &&
      source.internal === loopback &&
      (labelOf(source.address, family) === 'link') === (label === 'link'),
  );
  const usable = reaching.length > 0;
  const fits = usable && reaching.some((source) => labelOf(source.address, family) === label);
  return (usable ? 0 : 1000) + (fits ? 0 : 100) - PRECEDENCE[label];
}

type Label = 'v4' | 'loopback' | 'link' | '6to4' | 'teredo' | 'ula' | 'global';

/** The defaults of glibc, which are those of RFC 3484 with the labels of RFC 6724. */
const PRECEDENCE: Readonly<Record<Label, number>> = {
  loopback: 50,
  global: 40,
  ula: 40,
  link: 40,
  teredo: 40,
  '6to4': 30,
  v4: 10,
};

function labelOf(address: string, family: number): Label {
  if (family !== 6) return 'v4';
  if (address === '::1') return 'loopback';
  const first = Number.parseInt(address.split(':', 1)[0] || '0', 16);
  if (first >= 0xfe80 && first <= 0xfebf) return 'link';
  if (first >= 0xfc00 && first <= 0xfdff) return 'ula';
  if (first === 0x2002) return '6to4';
  return /^2001:(?:0:|:)/.test(address) ? 'teredo' : 'global';
}

function addressesIn(interfaces: Interfaces): NetworkInterfaceInfo[] {
  return Object.values(interfaces)
    .flatMap((each) => each ?? [])
    .filter(({ address, family }) => (family === 'IPv6') === isIPv6(address));
}
