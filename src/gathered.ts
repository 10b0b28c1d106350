const FIRST_BYTES = 16 * 1024;

/**
 * Bytes that come in pieces, in one buffer that doubles as it fills. A list of the pieces would take a hundred times
 * their size when somebody sends them byte by byte.
 */
export class Gathered {
  size = 0;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #first: number;

  /** @param expected how many bytes are likely to come: with the right number nothing is copied as it fills */
  constructor(expected = FIRST_BYTES) {
    this.#first = Math.max(expected, FIRST_BYTES);
  }

  /** How much memory it would take with so many bytes more. */
  capacityWith(more: number): number {
    const needed = this.size + more;
    if (needed <= this.#bytes.length) return this.#bytes.length;
    return Math.max(needed, 2 * this.#bytes.length, this.#first);
  }

  add(piece: Uint8Array): void {
    const capacity = this.capacityWith(piece.byteLength);
    if (capacity > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(capacity);
      this.#bytes.copy(larger, 0, 0, this.size);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.size);
    this.size += piece.byteLength;
  }

  /** All that came, not copied. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.size);
  }
}
