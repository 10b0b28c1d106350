import { createHash } from 'node:crypto';
import type { SseKey } from '../keys/key.ts';
import { type ObjectName, type Ring, readingKeys } from '../keys/ring.ts';

/** About 200 bytes each, whatever the length of the names: 2 MB in all. */
const MOST_UPLOADS = 10_000;

/**
 * The multipart uploads that this process knows to be encrypted, since it saw them begin or get a part under a key. One
 * that is forgotten costs a request; where the store does not keep uploads to a key, its id in a list is no longer good
 * for going on.
 */
export class EncryptedUploads {
  /** The fingerprint of the key, where that was one of a ring. In the order of use, the oldest first. */
  readonly #fingerprints = new Map<string, string | undefined>();
  readonly #most: number;

  constructor(most = MOST_UPLOADS) {
    this.#most = most;
  }

  has(object: ObjectName, uploadId: string): boolean {
    const place = placeOf(object, uploadId);
    if (!this.#fingerprints.has(place)) return false;
    this.#use(place, this.#fingerprints.get(place));
    return true;
  }

  /** The key of the ring that the upload was seen to begin or go on with. @param uploadId the store's own */
  keyOf(object: ObjectName, uploadId: string, ring: Ring): SseKey | undefined {
    const seen = this.#fingerprints.get(placeOf(object, uploadId));
    // A list may hold a thousand that nobody saw, and the keys of a ring may have to be derived.
    if (seen === undefined) return undefined;
    return readingKeys(ring, object).find(({ fingerprint }) => fingerprint === seen);
  }

  /** @param uploadId the store's own. @param ssecKey of the rule's ring, unless the client brought one */
  add(object: ObjectName, uploadId: string, ssecKey?: SseKey): void {
    const place = placeOf(object, uploadId);
    this.#use(place, ssecKey?.fingerprint ?? this.#fingerprints.get(place));
    const [oldest] = this.#fingerprints.keys();
    if (this.#fingerprints.size > this.#most && oldest !== undefined) this.#fingerprints.delete(oldest);
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
