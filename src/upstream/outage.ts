/** When a store is left alone. Times in milliseconds. */
export interface OutageLimits {
  /** From so many failures to connect in a row on. */
  readonly failures: number;
  /** For how long at first; each further failure doubles it. */
  readonly pause: number;
  readonly longestPause: number;
}

export const OUTAGE_LIMITS: OutageLimits = { failures: 5, pause: 1000, longestPause: 30_000 };

/**
 * Whether a store can be connected to at all. One that could not several times in a row is left alone for a moment; then
 * one request tries it, and the others wait for what it finds. Only failures to connect count: what a client asks for
 * has no part in them, so no client can shut a store off for others.
 */
export class Outage {
  readonly #limits: () => OutageLimits;
  #failures = 0;
  #until = 0;
  #pause = 0;
  #trying = false;
  #last = '';

  /** @param limits those of now */
  constructor(limits: () => OutageLimits = () => OUTAGE_LIMITS) {
    this.#limits = limits;
  }

  get lasts(): boolean {
    return this.#failures >= this.#limits().failures;
  }

  /** For metrics. */
  get figures(): { outage: boolean; failures: number; mostFailures: number } {
    return { outage: this.lasts, failures: this.#failures, mostFailures: this.#limits().failures };
  }

  /** May a request connect? `now` in milliseconds, of a clock that only goes forward. */
  admits(now: number): boolean {
    return !this.lasts || (!this.#trying && now >= this.#until);
  }

  /** One that was admitted connects: what it finds decides. */
  begin(): void {
    this.#trying = this.lasts;
  }

  reached(): void {
    this.#failures = 0;
    this.#pause = 0;
    this.#trying = false;
  }

  /** What happened last. */
  get cause(): string {
    return this.#last;
  }

  failed(now: number, cause: string): void {
    this.#last = cause;
    this.#failures += 1;
    this.#trying = false;
    // Those that were under way when the last pause began tell nothing new.
    if (!this.lasts || now < this.#until) return;
    const { pause, longestPause } = this.#limits();
    this.#pause = Math.min(this.#pause === 0 ? pause : 2 * this.#pause, longestPause);
    this.#until = now + this.#pause;
  }

  /** The attempt ended before it told anything. */
  unknown(): void {
    this.#trying = false;
  }
}
