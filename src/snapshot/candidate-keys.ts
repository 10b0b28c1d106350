import type { SseKey } from '../keys/key.ts';
import { type ObjectName, readingKeys } from '../keys/ring.ts';
import type { RuleSet } from '../rules/match.ts';
import { heldRing } from './held-ring.ts';

export interface CandidateKeys {
  /** Its path in the config. */
  readonly rule: string;
  /** Does its rule encrypt? */
  readonly encrypts: boolean;
  /** Is the key in the rule's ring? */
  readonly holds: (ssecKey: SseKey) => boolean;
  /** The keys of the ring, then the keys of the other rings, derived as their rules would derive them for this object. */
  readonly ssecKeys: Iterable<SseKey>;
}

/** How many keys of other rules are tried when no key of the object's own rule opens it. */
const MOST_OTHERS = 32;

/** Every key of the config that may open an object, for commands that read directly from the store. */
export function candidateKeys(rules: RuleSet, object: ObjectName): CandidateKeys {
  const match = rules.matchObject(object.bucket, object.objectKey);
  const ring = match.kind === 'rule' ? heldRing(match.rule) : undefined;
  const inRing: readonly SseKey[] = ring === undefined ? [] : readingKeys(ring, object);
  return {
    rule: match.kind === 'rule' ? match.rule.name : `default: ${match.action}`,
    encrypts: match.kind === 'rule' && match.rule.encryption.kind !== 'off',
    holds: ({ fingerprint }) => inRing.some((ssecKey) => ssecKey.fingerprint === fingerprint),
    ssecKeys: { [Symbol.iterator]: () => withOthers(inRing, rules, object) },
  };
}

function* withOthers(inRing: readonly SseKey[], { rules }: RuleSet, object: ObjectName): Generator<SseKey> {
  yield* inRing;
  const known = new Set(inRing.map(({ fingerprint }) => fingerprint));
  const most = known.size + MOST_OTHERS;
  for (const rule of rules) {
    const ring = heldRing(rule);
    for (const ssecKey of ring === undefined ? [] : readingKeys(ring, object)) {
      if (known.has(ssecKey.fingerprint)) continue;
      if (known.size === most) return;
      known.add(ssecKey.fingerprint);
      yield ssecKey;
    }
  }
}
