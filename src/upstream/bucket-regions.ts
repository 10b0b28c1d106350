import type { Upstream } from './upstream.ts';

/** About 150 bytes each: 1.5 MB in all. */
const MOST_BUCKETS = 10_000;

/** The region of a bucket at its store, if the store has named it. A forgotten one costs a request. */
export class BucketRegions {
  /** In the order of use, the oldest first. */
  readonly #regions = new Map<string, string>();
  readonly #most: number;

  constructor(most = MOST_BUCKETS) {
    this.#most = most;
  }

  recall(upstream: Upstream, bucket: string): string | undefined {
    const place = placeOf(upstream, bucket);
    const region = this.#regions.get(place);
    if (region === undefined) return undefined;
    this.#regions.delete(place);
    this.#regions.set(place, region);
    return region;
  }

  remember(upstream: Upstream, bucket: string, region: string): void {
    const place = placeOf(upstream, bucket);
    this.#regions.delete(place);
    this.#regions.set(place, region);
    const [oldest] = this.#regions.keys();
    if (this.#regions.size > this.#most && oldest !== undefined) this.#regions.delete(oldest);
  }

  forget(upstream: Upstream, bucket: string): void {
    this.#regions.delete(placeOf(upstream, bucket));
  }
}

/** No bucket name has a space, so every place has its own key. */
function placeOf({ hostname, port }: Upstream, bucket: string): string {
  return `${hostname}:${port} ${bucket}`;
}
