/** How many turns of the loop a wait that is over still gets. The first may be the one whose timers are running. */
const TURNS = 2;

/**
 * One wait with an end. Moving it costs no timer: the timer looks, when it fires, whether the end has moved meanwhile. A
 * loop that was starved runs its timers before it reads what arrived in time, so a wait that is over is judged only after
 * the sockets were read once more.
 */
export class Deadline {
  readonly #expire: () => void;
  #limit = 0;
  #due = 0;
  #timer: NodeJS.Timeout | undefined;
  #armedFor = 0;
  #judging = false;
  #over = false;

  /** @param expire called when a wait is over; it may begin the next one */
  constructor(expire: () => void) {
    this.#expire = expire;
  }

  /** Begins the next wait, in milliseconds from now, and ends the one before. */
  begin(limit: number): void {
    if (this.#over) return;
    this.#limit = limit;
    this.moved();
  }

  /** Something moved: the wait begins again. */
  moved(): void {
    if (this.#over || this.#limit === 0) return;
    this.#due = performance.now() + this.#limit;
    // A later end needs no timer of its own; an earlier one does.
    if (this.#timer !== undefined && this.#armedFor <= this.#due) return;
    this.#arm();
  }

  /** Nothing is waited for at the moment. */
  pause(): void {
    this.#limit = 0;
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#armedFor = this.#due;
    this.#timer = setTimeout(() => this.#look(), Math.max(1, Math.ceil(this.#due - performance.now())));
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#over || this.#limit === 0) return;
    if (performance.now() < this.#due) {
      this.#arm();
      return;
    }
    if (this.#judging) return;
    this.#judging = true;
    setImmediate(() => this.#judge(TURNS - 1));
  }

  #judge(turns: number): void {
    if (turns > 0) {
      setImmediate(() => this.#judge(turns - 1));
      return;
    }
    this.#judging = false;
    if (this.#over || this.#limit === 0 || this.#timer !== undefined) return;
    if (performance.now() < this.#due) {
      this.#arm();
      return;
    }
    this.#limit = 0;
    this.#expire();
  }
}
