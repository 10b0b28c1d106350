import type { RequestFields, StoreRefusal } from '../log-line.ts';
import type { RefusalFacts, RefusalsFacts } from './facts.ts';

type Refusal = { -readonly [K in keyof RefusalFacts]: RefusalFacts[K] };

/** So many are known at once of a store: clients may ask for any bucket. */
const MOST_REFUSALS = 20;

/** These are about a pair of credentials; the others are about a bucket. */
const OF_PAIR: ReadonlySet<StoreRefusal> = new Set<StoreRefusal>(['credentials', 'clock']);

/**
 * What one store has against the proxy, each with what is concerned. A pair of credentials is named by the client whose own
 * it is; that of the store has no name.
 */
export class Refusals {
  readonly #refused = new Map<string, Refusal>();
  /** When the store served last, by the pair. */
  readonly #served = new Map<string, { at: number }>();
  #denials = { times: 0, last: 0 };

  /** The store answered a request. @param pair the client whose own pair signed it */
  note(fields: RequestFields, pair: string | undefined, now: number): void {
    const { outcome, storeRefusal, upstreamStatus, method } = fields;
    if (outcome === 'served') this.#take(fields, pair, now);
    else if (storeRefusal !== undefined) this.#refuse(storeRefusal, fields, pair, now);
    else if (upstreamStatus === 403 && method === 'HEAD' && pair === undefined)
      this.#denials = { times: this.#denials.times + 1, last: now };
  }

  get facts(): RefusalsFacts {
    return {
      refused: [...this.#refused.values()].map((one) => ({ ...one })),
      served: [...this.#served].map(([pair, { at }]) => ({ pair, at })),
      denials: this.#denials,
    };
  }

  #take({ bucket }: RequestFields, pair = '', now: number): void {
    const served = this.#served.get(pair);
    if (served) served.at = now;
    else this.#served.set(pair, { at: now });
    if (pair === '' && this.#denials.times > 0) this.#denials = { times: 0, last: 0 };
    if (this.#refused.size === 0) return;
    for (const [name, one] of this.#refused)
      if (isOfPair(one.kind) ? (one.client ?? '') === pair : one.bucket === bucket)
        this.#refused.delete(name);
  }

  #refuse(
    kind: StoreRefusal,
    { bucket, cause = '' }: RequestFields,
    client: string | undefined,
    now: number,
  ): void {
    const of = isOfPair(kind) ? { kind, client } : { kind, bucket };
    const name = nameOf(of);
    const { since = now, times = 0 } = this.#refused.get(name) ?? {};
    // The latest is the last in the map.
    this.#refused.delete(name);
    if (this.#refused.size >= MOST_REFUSALS) {
      const [oldest] = this.#refused.keys();
      if (oldest !== undefined) this.#refused.delete(oldest);
    }
    this.#refused.set(name, { ...of, cause, since, at: now, times: times + 1 });
  }
}

/** Is it about a pair of credentials, rather than a bucket? */
export function isOfPair(kind: StoreRefusal): boolean {
  return OF_PAIR.has(kind);
}

function nameOf({
  kind,
  client = '',
  bucket = '',
}: Pick<RefusalFacts, 'kind' | 'client' | 'bucket'>): string {
  return `${kind} ${client} ${bucket}`;
}

/** Those of several processes: a pair that one of them was served with later is taken. */
export function addRefusals(one: RefusalsFacts, other: RefusalsFacts): RefusalsFacts {
  const served = new Map(one.served.map(({ pair, at }) => [pair, at]));
  for (const { pair, at } of other.served) served.set(pair, Math.max(at, served.get(pair) ?? 0));
  const refused = new Map<string, RefusalFacts>();
  for (const each of [...one.refused, ...other.refused]) {
    if (isOfPair(each.kind) && (served.get(each.client ?? '') ?? 0) > each.at) continue;
    const name = nameOf(each);
    const before = refused.get(name);
    refused.set(name, before ? addRefusal(before, each) : each);
  }
  const denials = [one.denials, other.denials].filter(({ last }) => last > (served.get('') ?? 0));
  return {
    refused: [...refused.values()],
    served: [...served].map(([pair, at]) => ({ pair, at })),
    denials: {
      times: denials.reduce((sum, { times }) => sum + times, 0),
      last: Math.max(0, ...denials.map(({ last }) => last)),
    },
  };
}

function addRefusal(one: RefusalFacts, other: RefusalFacts): RefusalFacts {
  const latest = one.at < other.at ? other : one;
  return { ...latest, since: Math.min(one.since, other.since), times: one.times + other.times };
}

/** When the store served last, with any pair. */
export function lastServedOf({ served }: RefusalsFacts): number | undefined {
  return served.length === 0 ? undefined : Math.max(...served.map(({ at }) => at));
}
