import type { StoreRefusal } from '../log-line.ts';
import type { MinuteRows } from './minutes.ts';

/** What one process has seen, as it is sent to the one that has the admin address. Times are milliseconds since the epoch. */
export interface Facts {
  readonly startedAt: number;
  readonly minutes: MinuteRows;
  readonly upstreams: readonly UpstreamFacts[];
  readonly rules: readonly RuleFacts[];
  readonly keys: readonly KeyFacts[];
  readonly clients: readonly ClientFacts[];
  readonly limits: readonly LimitFacts[];
  /** Connections that did not say, as their listener demands, whose they are. */
  readonly fronts: readonly TlsFacts[];
  readonly distrusted: readonly DistrustFacts[];
  readonly tlsFailures: readonly TlsFacts[];
  readonly logs: readonly LogFacts[];
  /** What failed, and what was refused, oldest first. */
  readonly failures: readonly Failure[];
  readonly refusals: readonly Failure[];
}

export interface UpstreamFacts {
  readonly name: string;
  readonly answers: number;
  readonly failures: number;
  /** Failures since the last answer. */
  readonly inARow: number;
  readonly lastAnswer?: number | undefined;
  readonly lastFailure?: number | undefined;
  readonly kind?: UpstreamTrouble | undefined;
  readonly cause?: string | undefined;
  readonly refusals: RefusalsFacts;
  /** Requests that got no connection to it, since its limits were reached. */
  readonly limited?: LimitedFacts | undefined;
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly most: number;
  readonly mostWaiting: number;
  readonly outage: boolean;
  /** Of the certificate that it showed last. */
  readonly certificateEnds?: number | undefined;
}

export interface LimitedFacts {
  /** Since the start. */
  readonly times: number;
  readonly last: number;
  readonly cause: string;
}

export interface RefusalsFacts {
  /** What it has against the proxy, and has not served since. */
  readonly refused: readonly RefusalFacts[];
  /** When it served last, by the client whose own pair signed; '' for the pair of the store. */
  readonly served: readonly { readonly pair: string; readonly at: number }[];
  /** HEAD requests with the pair of the store that it answered with 403, which says no more, since it served last. */
  readonly denials: { readonly times: number; readonly last: number };
}

export interface RefusalFacts {
  readonly kind: StoreRefusal;
  /** Whose own pair it is about; the others are about that of the store. */
  readonly client?: string | undefined;
  readonly bucket?: string | undefined;
  readonly cause: string;
  readonly since: number;
  readonly at: number;
  readonly times: number;
}

/** `silent`: it can be reached, and does not answer in time, or before the client gives up. */
export type UpstreamTrouble = 'unreachable' | 'silent' | 'broken' | 'errors';

export interface RuleFacts {
  readonly name: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly encrypts: boolean;
  readonly hits: number;
  readonly writtenEncrypted: number;
  readonly writtenPlain: number;
  readonly readFirstKey: number;
  readonly readOlderKey: number;
  readonly readPlain: number;
  /** With an SSE-C key that the client sent. */
  readonly ownKey: number;
}

export interface KeyFacts {
  readonly id: string;
  readonly source: string;
  /** When this process, or the first of several, loaded these bytes first. */
  readonly since: number;
  readonly uses: number;
  readonly lastUse?: number | undefined;
}

export interface ClientFacts {
  /** Its access key id. */
  readonly name: string;
  readonly requests: number;
  readonly lastRequest?: number | undefined;
  /** Requests that claimed to be of it and failed to log in, with less than an hour between them. */
  readonly refused: number;
  /** When the first of them came. */
  readonly refusedSince?: number | undefined;
  readonly lastRefused?: number | undefined;
  readonly code?: string | undefined;
}

export interface LimitFacts {
  readonly name: string;
  readonly used?: number | undefined;
  readonly most: number;
  /** Since the start. */
  readonly hits: number;
  readonly lastHit?: number | undefined;
}

export interface DistrustFacts {
  readonly bucket: string;
  /** Nothing is written there until a probe has passed. */
  readonly doubted: boolean;
  readonly operations: readonly string[];
}

export interface TlsFacts {
  readonly reason: string;
  readonly times: number;
  readonly last: number;
  readonly remote?: string | undefined;
}

export interface LogFacts {
  readonly name: 'log' | 'audit';
  /** Why it can't be written; nothing while it can. */
  readonly causes: readonly string[];
  /** Lines that were dropped by that. */
  readonly lost: number;
  /** New requests are refused because of it. */
  readonly refuses: boolean;
}

/** A request that failed or was refused, as its log line has it. */
export interface Failure {
  readonly at: number;
  readonly id: string;
  readonly outcome: string;
  readonly op?: string | undefined;
  readonly status: number;
  readonly code?: string | undefined;
  readonly client?: string | undefined;
  /** The access key id that one who was not let in gave. Anybody can claim any. */
  readonly claimed?: string | undefined;
  readonly bucket?: string | undefined;
  readonly objectKey?: string | undefined;
  readonly upstream?: string | undefined;
  readonly cause?: string | undefined;
}
