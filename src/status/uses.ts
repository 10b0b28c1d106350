import { configIdOf } from '../keys/derive.ts';
import type { SseKey } from '../keys/key.ts';
import type { Ring } from '../keys/ring.ts';
import type { RequestFields } from '../log-line.ts';
import type { Rule } from '../rules/match.ts';
import { OPERATIONS } from '../s3/operations.ts';
import type { KeyFacts, RuleFacts } from './facts.ts';

type Changing<T> = { -readonly [K in keyof T]: T[K] };

interface RuleUse {
  readonly facts: Changing<RuleFacts>;
  readonly ring: Ring | undefined;
}

interface KeyUse {
  readonly facts: Changing<KeyFacts>;
  readonly fingerprint: string;
}

/** What a config has of keys, as far as it is told here. */
interface Known {
  readonly rules: { readonly rules: readonly Rule[] };
  readonly ssecKeys: readonly { readonly ssecKey: SseKey }[];
  readonly keySources?: ReadonlyMap<string, string> | undefined;
}

/** Which operations write and read the content of an object. */
const DOES: ReadonlyMap<string, 'read' | 'write'> = new Map(
  OPERATIONS.flatMap(({ name, ssec }) =>
    ssec === 'read' || ssec === 'write' ? [[name, ssec] as const] : [],
  ),
);

/** Which rules and keys of the config are used, and how. One entry each: what a client asks for adds none. */
export class Uses {
  #rules = new Map<string, RuleUse>();
  #keys = new Map<string, KeyUse>();

  /** Another config: what is still there goes on. */
  use({ rules, ssecKeys, keySources }: Known, now: number): void {
    const before = this.#rules;
    this.#rules = new Map(
      rules.rules.map((rule) => {
        const old = before.get(rule.name);
        const same = old?.facts.bucket === rule.bucket && old.facts.prefix === rule.prefix;
        return [rule.name, ruleUse(rule, same ? old.facts : undefined)];
      }),
    );
    const keys = this.#keys;
    this.#keys = new Map(
      ssecKeys.map(({ ssecKey: { id, fingerprint } }) => {
        const old = keys.get(id);
        const before = old?.fingerprint === fingerprint ? old.facts : undefined;
        const source = keySources?.get(id) ?? 'unknown';
        const facts = { since: now, uses: 0, lastUse: undefined, ...before, id, source };
        return [id, { facts, fingerprint }];
      }),
    );
  }

  /** A request is done. Only what was served used a key. */
  note({ rule, op, ssecKeyId, plain, outcome }: RequestFields, now: number): void {
    const use = rule === undefined ? undefined : this.#rules.get(rule);
    if (use) use.facts.hits += 1;
    if (outcome !== 'served' || op === undefined) return;
    const id = ssecKeyId === undefined ? undefined : configIdOf({ id: ssecKeyId }).id;
    const key = id === undefined ? undefined : this.#keys.get(id);
    if (key) {
      key.facts.uses += 1;
      key.facts.lastUse = now;
    }
    const does = DOES.get(op);
    if (!use || does === undefined) return;
    if (does === 'write') use.facts[writtenBy(use, id)] += 1;
    else use.facts[readBy(use, id, plain, now)] += 1;
  }

  get rules(): readonly RuleFacts[] {
    return [...this.#rules.values()].map(({ facts }) => ({ ...facts }));
  }

  get keys(): readonly KeyFacts[] {
    return [...this.#keys.values()].map(({ facts }) => ({ ...facts }));
  }
}

function writtenBy({ facts: { encrypts } }: RuleUse, keyId: string | undefined) {
  if (keyId !== undefined) return 'writtenEncrypted';
  return encrypts ? 'ownKey' : 'writtenPlain';
}

function readBy(
  { facts: { encrypts }, ring }: RuleUse,
  keyId: string | undefined,
  plain: true | undefined,
  now: number,
) {
  if (plain || !encrypts) return 'readPlain';
  if (keyId === undefined) return 'ownKey';
  return ring && keyId === firstOf(ring, now) ? 'readFirstKey' : 'readOlderKey';
}

/** The id of the key that writes now. */
function firstOf(ring: Ring, now: number): string | undefined {
  for (const { ssecKey, writesFrom } of ring)
    if (writesFrom === undefined || writesFrom.getTime() <= now) return ssecKey.id;
  return undefined;
}

function ruleUse({ name, bucket, prefix, encryption }: Rule, before: RuleFacts | undefined): RuleUse {
  const encrypts = encryption.kind !== 'off';
  const ring = encryption.kind === 'ssec' ? encryption.ring : undefined;
  return { facts: { ...(before ?? NONE), name, bucket, prefix, encrypts }, ring };
}

const NONE = {
  hits: 0,
  writtenEncrypted: 0,
  writtenPlain: 0,
  readFirstKey: 0,
  readOlderKey: 0,
  readPlain: 0,
  ownKey: 0,
};
