/** From so many failures in a row on, the store is left alone. */
const FAILURES = 5;
/** For how long at first, in milliseconds; each further failure doubles it. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Whether a store can be connected to at all. One that could not several times in a row is left alone for a moment; then
 * one request tries it, and the others wait for what it finds. Only failures to connect count: what a client asks for
 * has no part in them, so no client can shut a store off for others.
 */
export class Outage {
  #failures = 0;
  #until = 0;
  #pause = 0;
  #trying = false;
  #last = '';

  /** For metrics. */
  get lasts(): boolean {
    return this.#failures >= FAILURES;
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
    this.#pause = this.#pause === 0 ? FIRST_PAUSE_MS : Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
    this.#until = now + this.#pause;
  }

  /** The attempt ended before it told anything. */
  unknown(): void {
    this.#trying = false;
  }
}
