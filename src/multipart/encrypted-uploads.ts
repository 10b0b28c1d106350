import { createHash } from 'node:crypto';
import type { ObjectName } from '../keys/ring.ts';

/** About 150 bytes each, whatever the length of the names: 1.5 MB in all. */
const MOST_UPLOADS = 10_000;

/**
 * The multipart uploads that this process knows to be encrypted, since it saw them begin or get a part under a key. One
 * that is forgotten costs a request, no more.
 */
export class EncryptedUploads {
  /** In the order of use, the oldest first. */
  readonly #places = new Set<string>();
  readonly #most: number;

  constructor(most = MOST_UPLOADS) {
    this.#most = most;
  }

  has(object: ObjectName, uploadId: string): boolean {
    const place = placeOf(object, uploadId);
    if (!this.#places.delete(place)) return false;
    this.#places.add(place);
    return true;
  }

  /** @param uploadId the store's own */
  add(object: ObjectName, uploadId: string): void {
    const place = placeOf(object, uploadId);
    this.#places.delete(place);
    this.#places.add(place);
    const [oldest] = this.#places;
    if (this.#places.size > this.#most && oldest !== undefined) this.#places.delete(oldest);
  }
}

function placeOf({ bucket, objectKey }: ObjectName, uploadId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, objectKey, uploadId]))
    .digest('base64url');
}
