import { hash } from 'node:crypto';
import { MEMORY_LIMITS, type Remembered } from '../remembered.ts';

/** One version of an object; undefined is the current one. */
export interface VersionName {
  readonly bucket: string;
  readonly objectKey: string;
  readonly versionId: string | undefined;
}

/**
 * Remembers which SSE-C key last opened an object. It stores fingerprints, so it outlives a reload and contains no key. An
 * entry may be wrong, because objects are overwritten; so callers must try the other keys too. Every read passes here, so
 * it keeps its own order.
 */
export class KeyMemo {
  /** In the order of use, the oldest first. */
  readonly #fingerprints = new Map<string, string>();
  #most: number;
  #forgotten = 0;

  constructor(most = MEMORY_LIMITS.objects) {
    this.#most = most;
  }

  get figures(): Remembered {
    return { size: this.#fingerprints.size, most: this.#most, forgotten: this.#forgotten };
  }

  /** Another limit, from now on. */
  use(most: number): void {
    this.#most = most;
    for (const oldest of this.#fingerprints.keys()) {
      if (this.#fingerprints.size <= most) return;
      this.#forget(oldest);
    }
  }

  recall(name: VersionName): string | undefined {
    if (this.#fingerprints.size === 0) return undefined;
    const place = placeOf(name);
    const fingerprint = this.#fingerprints.get(place);
    if (fingerprint === undefined) return undefined;
    this.#fingerprints.delete(place);
    this.#fingerprints.set(place, fingerprint);
    return fingerprint;
  }

  remember(name: VersionName, fingerprint: string): void {
    const place = placeOf(name);
    this.#fingerprints.delete(place);
    this.#fingerprints.set(place, fingerprint);
    if (this.#fingerprints.size <= this.#most) return;
    const [oldest] = this.#fingerprints.keys();
    if (oldest !== undefined) this.#forget(oldest);
  }

  forget(name: VersionName): void {
    if (this.#fingerprints.size > 0) this.#fingerprints.delete(placeOf(name));
  }

  get size(): number {
    return this.#fingerprints.size;
  }

  #forget(place: string): void {
    this.#fingerprints.delete(place);
    this.#forgotten += 1;
  }
}

/** Has the same length for every name. A collision of two names would cost one request, no more. */
function placeOf({ bucket, objectKey, versionId }: VersionName): string {
  const name = JSON.stringify([bucket, objectKey, versionId ?? null]);
  return hash('sha256', name, 'buffer').toString('base64url', 0, 16);
}
