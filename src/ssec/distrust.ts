/** How long a bucket waits between two probes. */
const PROBE_EVERY_MS = 10_000;

/**
 * The buckets whose store failed to prove an encryption. They get no injected write until a probe has passed.
 * In memory only: after a restart every bucket is trusted, and the next write is checked like every other.
 */
export class Distrust {
  /** Bucket → when it may be probed next, in milliseconds of the caller's clock. */
  readonly #buckets = new Map<string, number>();

  /** @param now milliseconds */
  add(bucket: string, now: number): void {
    if (!this.#buckets.has(bucket)) this.#buckets.set(bucket, now + PROBE_EVERY_MS);
  }

  has(bucket: string): boolean {
    return this.#buckets.has(bucket);
  }

  /** Is it time to probe a bucket? A caller that gets true must do it. */
  claimProbe(bucket: string, now: number): boolean {
    const due = this.#buckets.get(bucket);
    if (due === undefined || now < due) return false;
    this.#buckets.set(bucket, now + PROBE_EVERY_MS);
    return true;
  }

  forgive(bucket: string): void {
    this.#buckets.delete(bucket);
  }

  get size(): number {
    return this.#buckets.size;
  }
}
