import { hash } from 'node:crypto';
import { MEMORY_LIMITS, Recent, type Remembered } from '../remembered.ts';

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
  readonly #fingerprints: Recent<string>;

  constructor(most = MEMORY_LIMITS.objects) {
    this.#fingerprints = new Recent(most);
  }

  get figures(): Remembered {
    return this.#fingerprints.figures;
  }

  /** Another limit, from now on. */
  use(most: number): void {
    this.#fingerprints.use(most);
  }

  recall(name: VersionName): string | undefined {
    return this.#fingerprints.size === 0 ? undefined : this.#fingerprints.get(placeOf(name));
  }

  remember(name: VersionName, fingerprint: string): void {
    this.#fingerprints.set(placeOf(name), fingerprint);
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
