import { matchGlob } from '../rules/glob.ts';
import { wholeEntry } from './ring-entry.ts';
import type { SalvagedConfig } from './semantics.ts';

/** What of the surroundings a command needs: what else the config names (files, variables, vaults) may be missing. */
export interface Needs {
  /** The certificates of the listeners. */
  readonly listeners: boolean;
  /** The credentials of the stores, and their certificate authorities. */
  readonly stores: boolean;
  /** `ids`: which clients there are, but not their secrets; those whose access key id is missing are left out. */
  readonly clients: 'all' | 'ids' | 'none';
  /** `any`: as many keys as there are. */
  readonly keys: 'all' | 'any';
  /** The buckets that it is about: stores and keys of others are not needed. By default, all. */
  readonly buckets?: readonly string[] | undefined;
}

export const EVERYTHING: Needs = { listeners: true, stores: true, clients: 'all', keys: 'all' };

/** The upstreams that are needed: their ids, and undefined for the default one. */
export function neededUpstreams(
  config: SalvagedConfig,
  { buckets, stores }: Needs,
): ReadonlySet<string | undefined> {
  if (!stores) return new Set();
  if (buckets === undefined) return new Set([undefined, ...Object.keys(config.upstreams ?? {})]);
  const needed = new Set<string | undefined>();
  for (const bucket of buckets) {
    const rules = rulesOf(bucket, config);
    for (const rule of rules) needed.add(rule?.upstream);
    if (rules.length === 0) needed.add(undefined);
  }
  return needed;
}

/** The keys without which it can't do its work. */
export function neededKeys(config: SalvagedConfig, { keys, buckets }: Needs): ReadonlySet<string> {
  if (keys === 'any') return new Set();
  if (buckets === undefined) return new Set(Object.keys(config.keys ?? {}));
  const rings = buckets.flatMap((bucket) =>
    rulesOf(bucket, config).flatMap((rule) =>
      rule?.encrypt === undefined || rule.encrypt === 'off' ? [] : rule.encrypt,
    ),
  );
  return new Set(rings.flatMap((entry) => (entry === undefined ? [] : (wholeEntry(entry).key ?? []))));
}

function rulesOf(bucket: string, { rules }: SalvagedConfig): NonNullable<SalvagedConfig['rules']> {
  return (rules ?? []).filter((rule) => {
    const pattern = rule?.match?.bucket;
    return pattern !== undefined && matchGlob(pattern, bucket);
  });
}
