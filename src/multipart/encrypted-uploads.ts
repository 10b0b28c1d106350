import { createHash } from 'node:crypto';
import type { SseKey } from '../keys/key.ts';
import { type ObjectName, type Ring, readingKeys } from '../keys/ring.ts';

/** An upload that is encrypted, as it is remembered: a hash of its name, and the fingerprint of its key, if that is one of a ring. */
export interface SeenUpload {
  readonly place: string;
  readonly fingerprint?: string | undefined;
}

/** About 200 bytes each, whatever the length of the names: 2 MB in all. */
const MOST_UPLOADS = 10_000;

/**
 * The multipart uploads that this process knows to be encrypted, because it saw their start or a part under a key. A
 * forgotten one costs a request; at a store that does not bind uploads to a key, its id from a list can no longer be used
 * to continue it.
 */
export class EncryptedUploads {
  /** The fingerprint of the key, if it was one of a ring. In the order of use, the oldest first. */
  readonly #fingerprints = new Map<string, string | undefined>();
  readonly #most: number;
  readonly #tell: (seen: SeenUpload) => void;

  /** @param tell is called with what was not known before */
  constructor(most = MOST_UPLOADS, tell: (seen: SeenUpload) => void = () => {}) {
    this.#most = most;
    this.#tell = tell;
  }

  /** For another process. */
  all(): readonly SeenUpload[] {
    return [...this.#fingerprints].map(([place, fingerprint]) => ({ place, fingerprint }));
  }

  /** Takes what another process has seen. */
  learn({ place, fingerprint }: SeenUpload): void {
    this.#use(place, fingerprint ?? this.#fingerprints.get(place));
    const [oldest] = this.#fingerprints.keys();
    if (this.#fingerprints.size > this.#most && oldest !== undefined) this.#fingerprints.delete(oldest);
  }

  has(object: ObjectName, uploadId: string): boolean {
    const place = placeOf(object, uploadId);
    if (!this.#fingerprints.has(place)) return false;
    this.#use(place, this.#fingerprints.get(place));
    return true;
  }

  /** The key of the ring with which the upload was seen to start or continue. @param uploadId the store's own */
  keyOf(object: ObjectName, uploadId: string, ring: Ring): SseKey | undefined {
    const seen = this.#fingerprints.get(placeOf(object, uploadId));
    // A list may have a thousand unknown uploads, and the keys of a ring may have to be derived.
    if (seen === undefined) return undefined;
    return readingKeys(ring, object).find(({ fingerprint }) => fingerprint === seen);
  }

  /** @param uploadId the store's own. @param ssecKey of the rule's ring, unless the client sent one */
  add(object: ObjectName, uploadId: string, ssecKey?: SseKey): void {
    const seen = { place: placeOf(object, uploadId), fingerprint: ssecKey?.fingerprint };
    const known = this.#fingerprints.get(seen.place);
    if (!this.#fingerprints.has(seen.place) || (seen.fingerprint ?? known) !== known) this.#tell(seen);
    this.learn(seen);
  }

  #use(place: string, fingerprint: string | undefined): void {
    this.#fingerprints.delete(place);
    this.#fingerprints.set(place, fingerprint);
  }
}

function placeOf({ bucket, objectKey }: ObjectName, uploadId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, objectKey, uploadId]))
    .digest('base64url');
}
