import type { RequestFields } from '../log-line.ts';
import type { UpstreamFault } from '../upstream/upstream-error.ts';
import type { LimitedFacts, UpstreamTrouble } from './facts.ts';
import { Refusals } from './refusals.ts';

/** Which clients have a pair of their own at which stores. */
export type Clients = ReadonlyMap<string, { readonly signers: { has(upstream: string): boolean } }>;

/** What requests and looks said of a store. */
export interface StoreSeen {
  answers: number;
  failures: number;
  inARow: number;
  lastAnswer: number | undefined;
  lastFailure: number | undefined;
  kind: UpstreamTrouble | undefined;
  cause: string | undefined;
  refusals: Refusals;
  limited: LimitedFacts | undefined;
}

/** Who gives up sooner says nothing of the store. In milliseconds. */
const PATIENT_MS = 1000;

/** Of those without one, the store has no part in them, or what it has is known by others. */
const KINDS: Partial<Record<UpstreamFault, UpstreamTrouble>> = {
  outage: 'unreachable',
  'connect-timeout': 'unreachable',
  unreachable: 'unreachable',
  silent: 'silent',
  reset: 'broken',
  malformed: 'broken',
};

/** Which stores answer, as the requests that went to them tell. */
export class StoresSeen {
  #stores = new Map<string, StoreSeen>();
  #clients: Clients = new Map();

  /** The stores of a config, by their path in it, and its clients. */
  use(names: readonly string[], clients: Clients): void {
    this.#clients = clients;
    this.#stores = new Map(names.map((name) => [name, this.#stores.get(name) ?? unseen()]));
  }

  of(name: string): StoreSeen {
    return this.#stores.get(name) ?? unseen();
  }

  /** A request ended with a fault between the proxy and the store. */
  fault(name: string, fault: UpstreamFault, cause: string, now: number): void {
    const seen = this.#stores.get(name);
    if (!seen) return;
    if (fault === 'busy') seen.limited = { times: (seen.limited?.times ?? 0) + 1, last: now, cause };
    const kind = KINDS[fault];
    if (kind) failed(seen, kind, cause, now);
  }

  /** A request is done. */
  note(fields: RequestFields, now: number): void {
    const { upstream, upstreamStatus, outcome, storeMs = 0, client, storeRefusal } = fields;
    const seen = upstream === undefined ? undefined : this.#stores.get(upstream);
    if (!seen) return;
    // What a copy asked of the store has no status of its own in the record.
    if (upstreamStatus === undefined && storeRefusal === undefined) {
      if (outcome === 'left' && storeMs >= PATIENT_MS)
        failed(seen, 'silent', 'the client gave up first', now);
    } else if (upstreamStatus !== undefined && upstreamStatus >= 500 && upstreamStatus !== 501) {
      failed(seen, 'errors', `it answered with status ${upstreamStatus}`, now);
    } else {
      answered(seen, now);
      const own = client !== undefined && this.#clients.get(client)?.signers.has(upstream ?? '') === true;
      seen.refusals.note(fields, own ? client : undefined, now);
    }
  }

  /** The store was looked at without a request. @param cause why it can't be reached; undefined when it can */
  look(name: string, cause: string | undefined, now: number): void {
    const seen = this.#stores.get(name);
    if (!seen) return;
    if (cause !== undefined) failed(seen, 'unreachable', cause, now);
    // That it takes connections says nothing of its answers.
    else if (seen.kind === 'unreachable') answered(seen, now);
  }
}

function answered(seen: StoreSeen, now: number): void {
  seen.answers += 1;
  seen.lastAnswer = now;
  seen.inARow = 0;
}

function failed(seen: StoreSeen, kind: UpstreamTrouble, cause: string, now: number): void {
  seen.failures += 1;
  seen.inARow += 1;
  seen.lastFailure = now;
  seen.kind = kind;
  seen.cause = cause;
}

function unseen(): StoreSeen {
  return {
    answers: 0,
    failures: 0,
    inARow: 0,
    lastAnswer: undefined,
    lastFailure: undefined,
    kind: undefined,
    cause: undefined,
    refusals: new Refusals(),
    limited: undefined,
  };
}
