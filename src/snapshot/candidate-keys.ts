import type { SseKey } from '../keys/key.ts';
import { type ObjectName, type Ring, readingKeys } from '../keys/ring.ts';
import type { Rule, RuleSet } from '../rules/match.ts';

export interface CandidateKeys {
  /** As people find it in the config. */
  readonly rule: string;
  /** Does its rule encrypt? */
  readonly encrypts: boolean;
  /** Does the rule's ring hold that key? */
  readonly holds: (ssecKey: SseKey) => boolean;
  /** The ring's keys, and then those of the other rings, for what their rules would make of this object. */
  readonly ssecKeys: Iterable<SseKey>;
}

/** So many keys of other rules are tried where a rule's own don't open an object. */
const MOST_OTHERS = 32;

/** Every key of the config that may open an object, for whoever looks at the store itself. */
export function candidateKeys(rules: RuleSet, object: ObjectName): CandidateKeys {
  const match = rules.matchObject(object.bucket, object.objectKey);
  const ring = match.kind === 'rule' ? ringOf(match.rule) : undefined;
  const inRing: readonly SseKey[] = ring === undefined ? [] : readingKeys(ring, object);
  return {
    rule: match.kind === 'rule' ? match.rule.name : `default: ${match.action}`,
    encrypts: match.kind === 'rule' && match.rule.encryption.kind !== 'off',
    holds: ({ fingerprint }) => inRing.some((ssecKey) => ssecKey.fingerprint === fingerprint),
    ssecKeys: { [Symbol.iterator]: () => withOthers(inRing, rules, object) },
  };
}

/** A ring that waits for a key has none to give. */
function ringOf({ encryption }: Rule): Ring | undefined {
  return encryption.kind === 'ssec' ? encryption.ring : undefined;
}

function* withOthers(inRing: readonly SseKey[], { rules }: RuleSet, object: ObjectName): Generator<SseKey> {
  yield* inRing;
  const known = new Set(inRing.map(({ fingerprint }) => fingerprint));
  const most = known.size + MOST_OTHERS;
  for (const rule of rules) {
    const ring = ringOf(rule);
    for (const ssecKey of ring === undefined ? [] : readingKeys(ring, object)) {
      if (known.has(ssecKey.fingerprint)) continue;
      if (known.size === most) return;
      known.add(ssecKey.fingerprint);
      yield ssecKey;
    }
  }
}
