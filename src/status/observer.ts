import type { SseKey } from '../keys/key.ts';
import type { FrontFault } from '../listener/front.ts';
import type { TlsFailure } from '../listener/tls-failures.ts';
import type { RequestFields } from '../log-line.ts';
import type { Rule } from '../rules/match.ts';
import type { ToldDoubt } from '../ssec/distrust.ts';
import type { UpstreamFault } from '../upstream/upstream-error.ts';
import type { DistrustFacts, Facts, LimitFacts, TlsFacts, UpstreamFacts } from './facts.ts';
import { Failures } from './failures.ts';
import { Logins } from './logins.ts';
import { type Logs, logFacts } from './logs.ts';
import { Minutes } from './minutes.ts';
import { type Clients, StoresSeen } from './stores-seen.ts';
import { Uses } from './uses.ts';

const LIMITS = ['connections', 'requestsPerConnection', 'requestsPerClient', 'copies', 'refusals'] as const;

type LimitName = (typeof LIMITS)[number];

/** What is asked when somebody wants to see it. */
export interface Sources {
  /** What the clients have under way. */
  readonly load: {
    readonly limits: Readonly<Record<LimitName, number>>;
    used(limit: LimitName): number;
    hits(limit: LimitName): number;
    readonly fronts: { count(fault: FrontFault): number };
    readonly tls: { count(reason: TlsFailure): number };
  };
  readonly upstreams: () => readonly PoolFigures[];
  readonly doubts: () => readonly (readonly [bucket: string, doubt: ToldDoubt])[];
  readonly logs?: Logs;
  readonly now?: () => number;
}

type PoolFigures = Pick<UpstreamFacts, 'open' | 'idle' | 'waiting' | 'most' | 'mostWaiting' | 'outage'> & {
  readonly upstream: string;
  /** In seconds since the epoch. */
  readonly certificateEnds?: number | undefined;
};

/** What the observer needs of a snapshot. */
interface Seen {
  readonly rules: { readonly rules: readonly Rule[] };
  readonly ssecKeys: readonly { readonly ssecKey: SseKey }[];
  readonly keySources?: ReadonlyMap<string, string> | undefined;
  readonly clients: Clients;
  readonly upstream: { readonly name: string };
  readonly upstreams: ReadonlyMap<string, { readonly name: string }>;
}

/** No list in an answer is longer, whatever the config or the clients make of it. */
const MOST = 1000;

/**
 * What the requests of this process tell of its surroundings, for `/readyz?verbose`, `/status` and the page. To note a
 * request makes nothing unless it failed.
 */
export class Observer {
  readonly #minutes = new Minutes();
  readonly #stores = new StoresSeen();
  readonly #uses = new Uses();
  readonly #logins = new Logins();
  readonly #failures = new Failures();
  readonly #fronts = new Map<FrontFault, { last: number; remote: string | undefined }>();
  readonly #tls = new Map<TlsFailure, { last: number; remote: string | undefined }>();
  readonly #hits = new Map<LimitName, { hits: number; lastHit: number }>();
  readonly #sources: Sources;
  readonly #now: () => number;
  readonly #startedAt: number;
  #busy = performance.eventLoopUtilization();

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#now = sources.now ?? Date.now;
    this.#startedAt = this.#now();
  }

  /** A config is in use from now on. */
  use({ upstream, upstreams, clients, ...known }: Seen): void {
    this.#uses.use(known, this.#now());
    this.#logins.use(clients.keys());
    const names = [upstream.name, ...[...upstreams.values()].map(({ name }) => name)];
    this.#stores.use(names, clients);
  }

  /** A request is done, and this is its record. */
  request(fields: RequestFields): void {
    const now = this.#now();
    this.#turn(now);
    const minutes = this.#minutes;
    const { outcome = 'failed', ms = 0, storeMs } = fields;
    minutes.add('requests', 1);
    minutes.add(outcome, 1);
    minutes.add('bytesIn', fields.bytesIn ?? 0);
    minutes.add('bytesOut', fields.bytesOut ?? 0);
    minutes.add('ms', ms);
    minutes.took(ms);
    if (storeMs !== undefined) {
      minutes.add('asked', 1);
      minutes.add('storeMs', storeMs);
    }
    this.#stores.note(fields, now);
    this.#uses.note(fields, now);
    this.#logins.note(fields, now);
    if (outcome !== 'served') this.#failures.note(fields, now);
  }

  /** A request ended with a fault between the proxy and the store. */
  fault(upstream: string, fault: UpstreamFault, cause: string): void {
    this.#stores.fault(upstream, fault, cause, this.#now());
  }

  /** A store was looked at without a request. @param cause why it can't be reached; undefined when it can */
  look(upstream: string, cause: string | undefined): void {
    this.#stores.look(upstream, cause, this.#now());
  }

  /** When the store answered or failed last. */
  lastNews(upstream: string): number {
    const { lastAnswer = 0, lastFailure = 0 } = this.#stores.of(upstream);
    return Math.max(lastAnswer, lastFailure);
  }

  /** A client's TLS handshake failed. Of many in a short time, not all are told here; the counts are elsewhere. */
  tlsFailure(reason: TlsFailure, remote: string | undefined): void {
    this.#tls.set(reason, { last: this.#now(), remote });
  }

  /** A connection did not say, as its listener demands, whose it is. As with TLS, not all are told here. */
  frontFault(reason: FrontFault, remote: string | undefined): void {
    this.#fronts.set(reason, { last: this.#now(), remote });
  }

  facts(): Facts {
    this.#turn(this.#now());
    this.#measure();
    return {
      startedAt: this.#startedAt,
      minutes: this.#minutes.rows(),
      upstreams: this.#upstreams(),
      rules: this.#uses.rules.slice(0, MOST),
      keys: this.#uses.keys.slice(0, MOST),
      clients: this.#logins.all.slice(0, MOST),
      limits: this.#limits(),
      fronts: [...this.#fronts].map(
        ([reason, seen]): TlsFacts => ({ reason, times: this.#sources.load.fronts.count(reason), ...seen }),
      ),
      distrusted: this.#distrusted(),
      tlsFailures: [...this.#tls].map(
        ([reason, seen]): TlsFacts => ({ reason, times: this.#sources.load.tls.count(reason), ...seen }),
      ),
      logs: logFacts(this.#sources.logs ?? {}),
      failures: [...this.#failures.failed],
      refusals: [...this.#failures.refused],
    };
  }

  #turn(now: number): void {
    if (!this.#minutes.isOver(now)) return;
    // What was counted elsewhere belongs to the minute that ends.
    this.#measure();
    this.#minutes.turn(now);
  }

  /** What is counted elsewhere. */
  #measure(): void {
    const { load } = this.#sources;
    for (const limit of LIMITS) {
      const hits = load.hits(limit);
      const before = this.#hits.get(limit)?.hits ?? 0;
      if (hits === before) continue;
      this.#minutes.add('limited', hits - before);
      this.#hits.set(limit, { hits, lastHit: this.#now() });
    }
    const busy = performance.eventLoopUtilization();
    const { utilization, active, idle } = performance.eventLoopUtilization(busy, this.#busy);
    // Of a moment it says nothing.
    if (active + idle < SOME_MS) return;
    this.#minutes.set('busy', utilization);
    this.#busy = busy;
  }

  #upstreams(): readonly UpstreamFacts[] {
    return this.#sources
      .upstreams()
      .map(({ upstream: name, open, idle, waiting, most, mostWaiting, outage, certificateEnds: ends }) => {
        const certificateEnds = ends === undefined ? undefined : ends * 1000;
        const pool = { open, idle, waiting, most, mostWaiting, outage, certificateEnds };
        const { refusals, ...seen } = this.#stores.of(name);
        return { name, ...seen, ...pool, refusals: refusals.facts };
      });
  }

  #limits(): readonly LimitFacts[] {
    const { load } = this.#sources;
    return LIMITS.map((name) => {
      const { hits, lastHit } = this.#hits.get(name) ?? { hits: 0, lastHit: undefined };
      // To ask for it would be to set it back, which the metrics do.
      const used = name === 'requestsPerConnection' ? undefined : load.used(name);
      return { name, used, most: load.limits[name], hits, lastHit };
    });
  }

  #distrusted(): readonly DistrustFacts[] {
    const doubts = this.#sources.doubts().slice(0, MOST);
    return doubts.map(([bucket, { probed, failed }]) => {
      const operations = [...new Set(failed.map(([, { operation }]) => operation))];
      return { bucket, doubted: !probed, operations };
    });
  }
}

const SOME_MS = 1000;
