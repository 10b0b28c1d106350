/** Of so many lines in so much time. */
const MOST_LINES = 10;
const WINDOW_MS = 60_000;

/** Lines of one kind for the log: what comes more often is counted alone, since a scanner must not fill a disk. */
export class Rationed {
  #windowFrom = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #untold = 0;

  /**
   * Is there room for a line now?
   * @param now in milliseconds, of a clock that only goes on
   * @returns what the line has to tell beside its own: how many had none since the one before
   */
  take(now = performance.now()): { readonly untold?: number } | undefined {
    if (now - this.#windowFrom >= WINDOW_MS) {
      this.#windowFrom = now;
      this.#lines = 0;
    }
    if (this.#lines >= MOST_LINES) {
      this.#untold += 1;
      return undefined;
    }
    this.#lines += 1;
    const untold = this.#untold;
    this.#untold = 0;
    return untold > 0 ? { untold } : {};
  }
}
