import { createHash } from 'node:crypto';
import type { SseKey } from '../keys/key.ts';
import { type ObjectName, type Ring, readingKeys } from '../keys/ring.ts';
import { MEMORY_LIMITS, Recent, type Remembered } from '../remembered.ts';

/** An upload that is encrypted, as it is remembered: a hash of its name, and the fingerprint of its key, if that is one of a ring. */
export interface SeenUpload {
  readonly place: string;
  readonly fingerprint?: string | undefined;
}

/**
 * The multipart uploads that this process knows to be encrypted, because it saw their start or a part under a key. A
 * forgotten one costs a request; at a store that does not bind uploads to a key, its id from a list can no longer be used
 * to continue it.
 */
export class EncryptedUploads {
  /** The fingerprint of the key, if it was one of a ring, else an empty text. */
  readonly #fingerprints: Recent<string>;
  readonly #tell: (seen: SeenUpload) => void;

  /** @param tell is called with what was not known before */
  constructor(most = MEMORY_LIMITS.uploads, tell: (seen: SeenUpload) => void = () => {}) {
    this.#fingerprints = new Recent(most);
    this.#tell = tell;
  }

  get figures(): Remembered {
    return this.#fingerprints.figures;
  }

  use(most: number): void {
    this.#fingerprints.use(most);
  }

  /** For another process. */
  all(): readonly SeenUpload[] {
    return this.#fingerprints.entries().map(([place, seen]) => ({ place, fingerprint: seen || undefined }));
  }

  /** Takes what another process has seen. */
  learn({ place, fingerprint }: SeenUpload): void {
    this.#fingerprints.set(place, fingerprint ?? this.#fingerprints.peek(place) ?? '');
  }

  has(object: ObjectName, uploadId: string): boolean {
    return this.#fingerprints.get(placeOf(object, uploadId)) !== undefined;
  }

  /** The key of the ring with which the upload was seen to start or continue. @param uploadId the store's own */
  keyOf(object: ObjectName, uploadId: string, ring: Ring): SseKey | undefined {
    const seen = this.#fingerprints.peek(placeOf(object, uploadId));
    // A list may have a thousand unknown uploads, and the keys of a ring may have to be derived.
    if (!seen) return undefined;
    return readingKeys(ring, object).find(({ fingerprint }) => fingerprint === seen);
  }

  /** @param uploadId the store's own. @param ssecKey of the rule's ring, unless the client sent one */
  add(object: ObjectName, uploadId: string, ssecKey?: SseKey): void {
    const seen = { place: placeOf(object, uploadId), fingerprint: ssecKey?.fingerprint };
    const known = this.#fingerprints.peek(seen.place);
    if (known === undefined || (seen.fingerprint ?? known) !== known) this.#tell(seen);
    this.learn(seen);
  }
}

function placeOf({ bucket, objectKey }: ObjectName, uploadId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, objectKey, uploadId]))
    .digest('base64url');
}
