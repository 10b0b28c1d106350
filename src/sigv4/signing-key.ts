import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Scope } from './claim.ts';

const BLOCK = 64;
const HASH = 32;
/** In hex. */
const SIGNATURE = 64;
/** Of a text that has a buffer waiting for it. UTF-8 takes three bytes for a character at most. */
const LONGEST = 512;

/** A key and a text behind it, a key and a hash behind it, and two signatures: each used within one call. */
const inner = Buffer.alloc(BLOCK + 3 * LONGEST);
const outer = Buffer.alloc(BLOCK + HASH);
const expected = Buffer.alloc(SIGNATURE);
const given = Buffer.alloc(SIGNATURE);

/**
 * What signs for one scope: HMAC-SHA256 under a key that cannot print. Each request has two signatures, and an Hmac object
 * costs twice the two hashes that it is made of: https://www.rfc-editor.org/rfc/rfc2104#section-2
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#signing-key
 */
export class SigningKey {
  readonly #inner = Buffer.alloc(BLOCK, 0x36);
  readonly #outer = Buffer.alloc(BLOCK, 0x5c);
  /** As much of `inner` as was used last: the texts of a key are equally long. */
  #text = inner;

  /** @param word what stands before the secret: Google has one of its own */
  constructor(
    secretAccessKey: string,
    { date, region, service, terminator }: Scope,
    word: 'AWS4' | 'GOOG4' = 'AWS4',
  ) {
    const bytes = [date, region, service, terminator].reduce(
      (derived: Buffer, part) => createHmac('sha256', derived).update(part).digest(),
      Buffer.from(`${word}${secretAccessKey}`),
    );
    for (const [at, byte] of bytes.entries()) {
      this.#inner[at] = 0x36 ^ byte;
      this.#outer[at] = 0x5c ^ byte;
    }
  }

  /** The signature of a text, in hex. @param end of the text, where that is not in one piece */
  sign(text: string, end = ''): string {
    outer.set(this.#outer);
    outer.write(hash('sha256', this.#keyed(text, end)), BLOCK, 'hex');
    return hash('sha256', outer);
  }

  /** Is this the signature of the text, in lower-case hex? Takes as long whichever digit is wrong. */
  hasSigned(text: string, signature: string, end = ''): boolean {
    if (signature.length !== SIGNATURE || given.write(signature) !== SIGNATURE) return false;
    expected.write(this.sign(text, end));
    return timingSafeEqual(expected, given);
  }

  #keyed(text: string, end: string): Buffer {
    if (text.length + end.length > LONGEST) return Buffer.concat([this.#inner, Buffer.from(text + end)]);
    inner.set(this.#inner);
    let length = BLOCK + inner.write(text, BLOCK);
    if (end !== '') length += inner.write(end, length);
    if (this.#text.length !== length) this.#text = inner.subarray(0, length);
    return this.#text;
  }
}
