import { MEMORY_LIMITS, Recent, type Remembered } from '../remembered.ts';
import type { Upstream } from './upstream.ts';

/** The region of a bucket at its store, if the store has named it. A forgotten one costs a request. */
export class BucketRegions {
  readonly #regions: Recent<string>;

  constructor(most = MEMORY_LIMITS.buckets) {
    this.#regions = new Recent(most);
  }

  get figures(): Remembered {
    return this.#regions.figures;
  }

  use(most: number): void {
    this.#regions.use(most);
  }

  recall(upstream: Upstream, bucket: string): string | undefined {
    return this.#regions.get(placeOf(upstream, bucket));
  }

  remember(upstream: Upstream, bucket: string, region: string): void {
    this.#regions.set(placeOf(upstream, bucket), region);
  }

  forget(upstream: Upstream, bucket: string): void {
    this.#regions.delete(placeOf(upstream, bucket));
  }
}

/** No bucket name has a space, so every place has its own key. */
function placeOf({ hostname, port }: Upstream, bucket: string): string {
  return `${hostname}:${port} ${bucket}`;
}
