import { hash } from 'node:crypto';

/** An entry takes 80 bytes, and 190 with derived keys, whatever the length of the object key: at most 10 MB. */
const MOST_ENTRIES = 50_000;

/** One version of an object; undefined is the current one. */
export interface VersionName {
  readonly bucket: string;
  readonly objectKey: string;
  readonly versionId: string | undefined;
}

/**
 * Remembers which SSE-C key last opened an object. It stores fingerprints, so it outlives a reload and contains no key. An
 * entry may be wrong, because objects are overwritten; so callers must try the other keys too.
 */
export class KeyMemo {
  /** In the order of use, the oldest first. */
  readonly #fingerprints = new Map<string, string>();
  readonly #most: number;

  constructor(most = MOST_ENTRIES) {
    this.#most = most;
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
    if (oldest !== undefined) this.#fingerprints.delete(oldest);
  }

  forget(name: VersionName): void {
    if (this.#fingerprints.size > 0) this.#fingerprints.delete(placeOf(name));
  }

  get size(): number {
    return this.#fingerprints.size;
  }
}

/** Has the same length for every name. A collision of two names would cost one request, no more. */
function placeOf({ bucket, objectKey, versionId }: VersionName): string {
  const name = JSON.stringify([bucket, objectKey, versionId ?? null]);
  return hash('sha256', name, 'buffer').toString('base64url', 0, 16);
}
