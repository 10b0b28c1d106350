/**
 * Which rule a request falls under.
 *
 * **Objects.** A rule matches an object when its bucket pattern matches the bucket and the object key begins with
 * its prefix. Of the rules that match, one that names the bucket exactly beats every glob, whatever their prefixes;
 * then the longest prefix wins. Two rules that would tie are a config error. An object that no rule matches falls
 * to the config's `default`: `deny` or `pass`.
 *
 * **Bucket-level requests** name no object key, so prefixes play no part in them. HeadBucket, `?location`, lists
 * with or without a prefix and every other sub-resource of a bucket pass when at least one rule's bucket pattern
 * matches, be that rule encrypting or `off`, or when `default` is `pass`; otherwise they are refused. A client that
 * may touch one prefix of a bucket can therefore list all of it: names are not what SSE-C protects. ListBuckets
 * names no bucket and always passes for an authenticated caller.
 *
 * **Upstreams.** A bucket is on the upstream of the rule that names it exactly, otherwise of the globs that match it. All
 * of them must name the same upstream, or the config is refused.
 */

import type { Ring } from '../keys/ring.ts';
import { S3Error } from '../s3/errors.ts';
import { isGlob } from './glob.ts';
import { globIndex } from './glob-index.ts';
import { type PrefixIndex, prefixIndex } from './prefix-index.ts';

/** What a rule does to the objects it matches. The ring's first key writes, all of them read. */
export type Encryption =
  | { readonly kind: 'off' }
  | { readonly kind: 'ssec'; readonly ring: Ring }
  /** A key of the ring is unavailable: nothing is read or written with an incomplete ring. */
  | {
      readonly kind: 'waiting';
      readonly waitsFor: readonly { readonly id: string; readonly cause: string }[];
      /** The keys that are there, for commands that look for any key that opens an object; absent when there are none. */
      readonly held?: Ring;
    };

export interface Rule {
  /** Its path in the config: `rules[2]`. */
  readonly name: string;
  /** An exact bucket name or a glob of `*` and `?`. */
  readonly bucket: string;
  /** Prefix of the object key, compared as UTF-8 text; empty matches every object key. */
  readonly prefix: string;
  readonly encryption: Encryption;
  /** What happens to SSE-C headers that the client itself sends. */
  readonly clientHeaders: 'reject' | 'pass';
  /** May unencrypted objects at the store be read although the rule encrypts? */
  readonly plainReads: 'allow' | 'deny';
  /** May uploads that were not started under this rule get parts and be completed? */
  readonly foreignUploads: 'deny' | 'allow';
  /** May a copy put objects here, unencrypted, that an encrypting rule protects at their source? */
  readonly declassify: boolean;
  /** Id of the upstream that has its buckets; undefined means the default one. */
  readonly upstream: string | undefined;
}

/**
 * The keys of a rule; undefined if it leaves objects unencrypted.
 * @throws S3Error ServiceUnavailable while one of them is unavailable: nothing is read or written with an incomplete ring
 */
export function ringOfRule({ name, encryption }: Pick<Rule, 'name' | 'encryption'>): Ring | undefined {
  if (encryption.kind === 'off') return undefined;
  if (encryption.kind === 'ssec') return encryption.ring;
  const keys = encryption.waitsFor.map(({ id, cause }) => `keys.${id}: ${cause}`);
  throw new S3Error('ServiceUnavailable', `The proxy waits for a key of ${name}. Try again later.`, {
    reason: `${name} waits for ${keys.join('; ')}`,
  });
}

/** Finds the rule of an object or a bucket. Compiled once per snapshot. */
export interface RuleSet {
  /** The rule of an object: an exact bucket beats a glob, then the longest prefix wins. */
  matchObject(bucket: string, objectKey: string): Match;
  /** Bucket-level requests (HeadBucket, lists, `?location` …) match when any rule names the bucket. */
  matchBucket(bucket: string): 'allowed' | 'denied';
  /** Id of the upstream that has the bucket; undefined means the default one, which has every bucket that no rule names. */
  upstreamOf(bucket: string): string | undefined;
  /** May an object of the bucket fall under a rule that encrypts? */
  mayEncrypt(bucket: string): boolean;
  /** The rule that all objects of the bucket fall under; undefined where that depends on the object key. */
  ruleOfAll(bucket: string): Rule | undefined;
  readonly rules: readonly Rule[];
  /** The action when no rule matches. */
  readonly byDefault: Match;
}

/** `default` says what the config's `default` makes of a request that no rule matches. */
export type Match =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'default'; readonly action: 'deny' | 'pass' };

/**
 * Compiles rules for look-ups whose cost does not depend on the number of rules, only on the length of bucket name and
 * object key and on how many globs match the bucket.
 * @throws RangeError when two rules have the same bucket pattern and prefix.
 */
export function compileRules(rules: readonly Rule[], defaultAction: 'deny' | 'pass'): RuleSet {
  const exact = compilePrefixes(rules.filter(({ bucket }) => !isGlob(bucket)));
  const globs = globIndex(compilePrefixes(rules.filter(({ bucket }) => isGlob(bucket))));
  const byDefault: Match = Object.freeze({ kind: 'default', action: defaultAction });

  const matchObject = (bucket: string, objectKey: string): Match => {
    const rule = exact.get(bucket)?.longest(objectKey) ?? longestOf(globs.find(bucket), objectKey);
    return rule === undefined ? byDefault : { kind: 'rule', rule };
  };
  const ruleOfAll = (bucket: string): Rule | undefined => {
    const [index, ...others] = exact.has(bucket) ? [exact.get(bucket)] : globs.find(bucket);
    return others.length === 0 ? index?.ofAll : undefined;
  };
  const matchBucket = (bucket: string): 'allowed' | 'denied' => {
    const named = defaultAction === 'pass' || exact.has(bucket) || globs.find(bucket).length > 0;
    return named ? 'allowed' : 'denied';
  };
  const encrypting = firstByBucket(rules.filter(({ encryption }) => encryption.kind !== 'off'));
  const placed = firstByBucket(rules);
  return Object.freeze({
    matchObject,
    matchBucket,
    upstreamOf: (bucket: string) => placed(bucket)?.upstream,
    mayEncrypt: (bucket: string) => encrypting(bucket) !== undefined,
    ruleOfAll,
    rules: Object.freeze([...rules]),
    byDefault,
  });
}

/** Any rule that names the bucket exactly, otherwise any whose glob matches it. */
function firstByBucket(rules: readonly Rule[]): (bucket: string) => Rule | undefined {
  const byPattern = new Map(rules.map((rule) => [rule.bucket, rule]));
  const globs = globIndex(new Map([...byPattern].filter(([pattern]) => isGlob(pattern))));
  return (bucket) => byPattern.get(bucket) ?? globs.find(bucket)[0];
}

/** The rules of each bucket pattern. */
function compilePrefixes(rules: readonly Rule[]): Map<string, PrefixIndex<Rule>> {
  const indexes = new Map<string, PrefixIndex<Rule>>();
  for (const [pattern, group] of Map.groupBy(rules, ({ bucket }) => bucket)) {
    const byPrefix = new Map<string, Rule>();
    for (const rule of group) {
      const twin = byPrefix.get(rule.prefix);
      if (twin !== undefined) throw new RangeError(`${rule.name} and ${twin.name} match the same objects`);
      byPrefix.set(rule.prefix, rule);
    }
    indexes.set(pattern, prefixIndex(byPrefix));
  }
  return indexes;
}

function longestOf(indexes: readonly PrefixIndex<Rule>[], objectKey: string): Rule | undefined {
  let best: Rule | undefined;
  for (const index of indexes) {
    const rule = index.longest(objectKey);
    if (rule !== undefined && (best === undefined || rule.prefix.length > best.prefix.length)) best = rule;
  }
  return best;
}
