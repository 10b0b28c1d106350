import type { SseKey } from '../keys/key.ts';

/** What a rule does to the objects it matches. The ring's first key writes, all of them read. */
export type Encryption =
  | { readonly kind: 'off' }
  | { readonly kind: 'ssec'; readonly ring: readonly [SseKey, ...SseKey[]] };

export interface Rule {
  /** As people find it in the config: `rules[2]`. */
  readonly name: string;
  /** An exact bucket name or a glob of `*` and `?`. */
  readonly bucket: string;
  /** Prefix of the object key, compared as UTF-8 text; empty matches every object key. */
  readonly prefix: string;
  readonly encryption: Encryption;
  /** What happens to SSE-C headers that the client itself sends. */
  readonly clientHeaders: 'reject' | 'pass';
}

/** Which rule an object or a bucket falls under. Compiled once per snapshot. */
export interface RuleSet {
  /** The rule of an object: an exact bucket beats a glob, then the longest prefix wins. */
  matchObject(bucket: string, objectKey: string): Match;
  /** Bucket-level requests (HeadBucket, lists, `?location` …) match when any rule names the bucket. */
  matchBucket(bucket: string): 'allowed' | 'denied';
  readonly rules: readonly Rule[];
}

/** `default` says what the config's `default` makes of a request that no rule matches. */
export type Match =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'default'; readonly action: 'deny' | 'pass' };
