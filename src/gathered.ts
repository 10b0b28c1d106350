const FIRST_BYTES = 16 * 1024;

/**
 * Bytes that come in pieces, in one buffer that doubles as it fills. A list of the pieces would take a hundred times
 * their size when somebody sends them byte by byte.
 */
export class Gathered {
  size = 0;
  #bytes: Buffer = Buffer.alloc(0);

  /** How much memory it would take with so many bytes more. */
  capacityWith(more: number): number {
    const needed = this.size + more;
    if (needed <= this.#bytes.length) return this.#bytes.length;
    return Math.max(needed, 2 * this.#bytes.length, FIRST_BYTES);
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
