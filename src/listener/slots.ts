/** So many holders may have nothing and be kept: a client's next request is about to come. */
const MOST_KEPT = 64;

/** How many of something each of several holders has. One that has nothing takes no memory where there are many. */
export class Slots {
  readonly #taken = new Map<string, number>();

  /** @returns whether there was one left */
  take(holder: string, most: number): boolean {
    const taken = this.#taken.get(holder) ?? 0;
    if (taken >= most) return false;
    this.#taken.set(holder, taken + 1);
    return true;
  }

  leave(holder: string): void {
    const left = (this.#taken.get(holder) ?? 0) - 1;
    if (left > 0 || (left === 0 && this.#taken.size <= MOST_KEPT)) this.#taken.set(holder, left);
    else this.#taken.delete(holder);
  }

  /** What the holder with the most of them has. */
  most(): number {
    return Math.max(0, ...this.#taken.values());
  }
}
