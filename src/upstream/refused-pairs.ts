import type { Credentials, Secret } from '../secret.ts';

/** For how long a store is not asked with a pair that it refuses, in milliseconds; each further refusal doubles it. */
const PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Of so many pairs at most is known how they stand. */
const MOST_PAIRS = 1000;

/** What a question of the proxy's own told: is a pair taken, is it refused and by which code, or neither? */
export type Told = 'taken' | 'nothing' | { readonly code: string };

/**
 * How one pair of credentials stands with one store. Stores block an access key after wrong signatures: so one that is
 * refused is left alone for a while, and then a single question of the proxy's own tries it. What a client asks for has no
 * part in that question.
 */
export class PairStanding {
  readonly #secret: Secret;
  #known = false;
  #code: string | undefined;
  #since = 0;
  #until = 0;
  #pause = 0;
  #underWay = 0;
  #asking: Promise<void> | undefined;

  constructor(secret: Secret) {
    this.#secret = secret;
  }

  isOf({ secretAccessKey }: Credentials): boolean {
    return secretAccessKey === this.#secret || secretAccessKey.reveal() === this.#secret.reveal();
  }

  /** By which code, since when and until when it is refused; times of a clock that only goes forward. */
  get refused(): { readonly code: string; readonly since: number; readonly until: number } | undefined {
    return this.#code === undefined
      ? undefined
      : { code: this.#code, since: this.#since, until: this.#until };
  }

  /** Has the store to be asked before a request goes out? Not while nothing else is under way: that tells as much. */
  isDue(now: number): boolean {
    return this.#code === undefined ? !this.#known && this.#underWay > 0 : now >= this.#until;
  }

  begin(): void {
    this.#underWay += 1;
  }

  end(): void {
    this.#underWay -= 1;
  }

  taken(): void {
    this.#known = true;
    this.#code = undefined;
    this.#pause = 0;
  }

  refuse(code: string, now: number): void {
    // Those that were under way when the pause began tell nothing new.
    if (this.#code !== undefined && now < this.#until) return;
    if (this.#code === undefined) this.#since = now;
    this.#code = code;
    this.#pause = Math.min(this.#pause === 0 ? PAUSE_MS : 2 * this.#pause, LONGEST_PAUSE_MS);
    this.#until = now + this.#pause;
  }

  /** Asks the store, once for all who wait for it now. @param ask never fails */
  async find(ask: () => Promise<Told>, now: () => number): Promise<void> {
    this.#asking ??= ask().then((told) => {
      this.#asking = undefined;
      if (told === 'taken') this.taken();
      else if (told !== 'nothing') this.refuse(told.code, now());
      else if (this.#code !== undefined) this.#until = now() + this.#pause;
    });
    await this.#asking;
  }
}

/** The pairs of credentials that one store was asked with. */
export class RefusedPairs {
  /** By access key id, the one that was used longest ago first. */
  readonly #pairs = new Map<string, PairStanding>();

  /** One with another secret is another pair. */
  of(credentials: Credentials): PairStanding {
    const { accessKeyId, secretAccessKey } = credentials;
    const known = this.#pairs.get(accessKeyId);
    const pair = known?.isOf(credentials) ? known : new PairStanding(secretAccessKey);
    this.#pairs.delete(accessKeyId);
    this.#pairs.set(accessKeyId, pair);
    const [oldest] = this.#pairs.keys();
    if (this.#pairs.size > MOST_PAIRS && oldest !== undefined) this.#pairs.delete(oldest);
    return pair;
  }

  /** How many are refused now. */
  get refused(): number {
    let refused = 0;
    for (const pair of this.#pairs.values()) if (pair.refused !== undefined) refused += 1;
    return refused;
  }
}
