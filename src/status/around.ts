import type { LogFacts } from './facts.ts';

/** What is known of the surroundings beside what requests tell. Times are milliseconds since the epoch. */
export interface Around {
  readonly now: number;
  /** Why no request is wanted at all, as `starting` or `draining`. */
  readonly reason?: string | undefined;
  readonly loadedAt: number;
  readonly reloads: readonly Reload[];
  /** Keys that rules wait for. */
  readonly waits: readonly { readonly id: string; readonly cause: string }[];
  readonly keyStores: readonly KeyStoreFacts[];
  /** Of this process, where others serve. */
  readonly logs?: readonly LogFacts[] | undefined;
  /** Those that clients see. */
  readonly certificates: readonly CertificateFacts[];
  /** Absent with one process. */
  readonly workers?: WorkerFacts | undefined;
}

export interface Reload {
  readonly at: number;
  readonly result: 'success' | 'failure';
  /** Why it failed, in short; the log has all. */
  readonly cause?: string | undefined;
}

interface KeyStoreFacts {
  readonly name: string;
  readonly lastSuccess?: number | undefined;
  readonly trouble?: string | undefined;
}

export interface CertificateFacts {
  /** Whose, by its place in the config: `listen[0]`, `listen[0].tls.certificates[1]`, or a store as `upstream`. */
  readonly of: string;
  readonly shownBy: 'proxy' | 'store';
  readonly names: string;
  /** Not known of a store. */
  readonly from?: number | undefined;
  readonly to: number;
}

export interface WorkerFacts {
  readonly wanted: number;
  readonly serving: number;
  /** Which do not serve, and why. */
  readonly missing: string;
}

/** So many reloads are remembered. */
const MOST_RELOADS = 20;
const MOST_CAUSE = 500;

/** The reloads since the start, and the first load. */
export class Reloads {
  readonly #reloads: Reload[] = [];
  #loadedAt: number;

  constructor(now: number) {
    this.#loadedAt = now;
  }

  note(result: Reload['result'], at: number, cause?: string): void {
    const before = this.#reloads.at(-1);
    if (result === 'success') this.#loadedAt = at;
    // A key store that stays away is asked again and again: the first failure says since when.
    else if (before?.result === 'failure' && before.cause === cause?.slice(0, MOST_CAUSE)) return;
    if (this.#reloads.length === MOST_RELOADS) this.#reloads.shift();
    this.#reloads.push({ at, result, cause: cause?.slice(0, MOST_CAUSE) });
  }

  get facts(): Pick<Around, 'loadedAt' | 'reloads'> {
    return { loadedAt: this.#loadedAt, reloads: [...this.#reloads] };
  }
}
