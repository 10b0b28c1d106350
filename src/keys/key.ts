import { createHmac, hash } from 'node:crypto';
import { inspect } from 'node:util';

/** The length of an SSE-C key in bytes: AES256 is the only algorithm of SSE-C. */
export const SSEC_KEY_BYTES = 32;

/** The label that separates a fingerprint from every other use of the SSE-C key's bytes. */
const FINGERPRINT_LABEL = 'ssec-proxy/fingerprint/v1';

/**
 * An SSE-C key: 32 bytes that cannot print. `fingerprint` is 32 hex digits of an HMAC under the key itself,
 * so it identifies the key without revealing anything about it.
 */
export class SseKey {
  readonly id: string;
  readonly fingerprint: string;
  readonly #base64: string;
  readonly #md5: string;

  /** @throws RangeError when `bytes` is not 32 bytes long. */
  constructor(id: string, bytes: Uint8Array) {
    if (bytes.byteLength !== SSEC_KEY_BYTES) {
      throw new RangeError(
        `SSE-C key "${id}" has ${bytes.byteLength} bytes; AES256 takes exactly ${SSEC_KEY_BYTES}`,
      );
    }
    this.id = id;
    this.fingerprint = fingerprintOf(bytes);
    this.#base64 = Buffer.from(bytes).toString('base64');
    this.#md5 = hash('md5', bytes, 'base64');
  }

  /** The value of the `…-customer-key` header: base64 of the 32 raw bytes. */
  get base64(): string {
    return this.#base64;
  }

  /** The value of the `…-customer-key-MD5` header: base64 of the MD5 of the 32 raw bytes. */
  get md5(): string {
    return this.#md5;
  }

  /**
   * Checks before each use that the bytes in memory still match the MD5 that is sent with them.
   * @throws Error when they do not: an object written under such a key could never be read again
   */
  requireWhole(): void {
    if (hash('md5', Buffer.from(this.#base64, 'base64'), 'base64') !== this.#md5) {
      throw new Error(`SSE-C key "${this.id}" is damaged in memory; restart the proxy`);
    }
  }

  toString(): string {
    return `[SSE-C key ${this.id}]`;
  }

  toJSON(): { id: string; fingerprint: string } {
    return { id: this.id, fingerprint: this.fingerprint };
  }

  [inspect.custom](): string {
    return `[SSE-C key ${this.id} ${this.fingerprint}]`;
  }
}

/** 32 hex digits that identify 32 key bytes: HMAC-SHA256 keyed with them over a fixed label, cut to 128 bits. */
export function fingerprintOf(bytes: Uint8Array): string {
  return createHmac('sha256', bytes).update(FINGERPRINT_LABEL).digest('hex').slice(0, 32);
}
