/** Work at stores that is to come to its end although its client is gone: a stop waits for it. */
export class Unfinished {
  readonly #work = new Set<Promise<unknown>>();

  /** Until it is settled, however it ends. */
  add(work: Promise<unknown>): void {
    const settled: Promise<unknown> = Promise.allSettled([work]).then(() => this.#work.delete(settled));
    this.#work.add(settled);
  }

  /** Resolves when all of it is settled, or after this time, in milliseconds. */
  async settled(most: number): Promise<void> {
    if (this.#work.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, most);
    });
    await Promise.race([Promise.all(this.#work), over]);
    clearTimeout(timer);
  }
}
