import { LARGEST_PIECE_BYTES } from './pace.ts';

const LARGE_BYTES = 32 * 1024;

/** Who takes what was gathered, in pieces that are its own. */
export interface Taker {
  /** The size of a piece, in bytes. */
  readonly most: number;
  take(piece: Buffer): void;
}

/**
 * Makes large pieces out of small ones. TLS hands over a record at a time, of 16 KiB at most, and all of them that one
 * reading brought one after the other; so does Node's parser. All transfers of one direction share the memory: what one
 * has gathered is handed over before the next one gathers.
 */
export class Gathering {
  #batch = Buffer.allocUnsafeSlow(LARGEST_PIECE_BYTES);
  #filled = 0;
  #taker: Taker | undefined;

  /** Copies these bytes. A piece is handed over as soon as it is full. */
  add(taker: Taker, bytes: Buffer, from: number, to: number): void {
    this.#begin(taker);
    let at = from;
    while (at < to) {
      const end = Math.min(to, at + Math.max(taker.most - this.#filled, 0));
      if (this.#filled === 0 && end - at >= worthOwn(taker.most)) {
        taker.take(copyOf(bytes, at, end));
      } else {
        this.#taker = taker;
        this.#filled += bytes.copy(this.#batch, this.#filled, at, end);
        if (this.#filled >= taker.most) this.#handOver();
      }
      at = end;
    }
  }

  /** What was gathered for this one is handed over now. */
  handOverTo(taker: Taker): void {
    if (this.#taker === taker) this.#handOver();
  }

  /** What was gathered for whomever is handed over now. */
  readonly handOver = (): void => {
    this.#handOver();
  };

  /** What was gathered for this one has no taker any more. */
  drop(taker: Taker): void {
    if (this.#taker !== taker) return;
    this.#taker = undefined;
    this.#filled = 0;
  }

  #begin(taker: Taker): void {
    if (this.#taker !== taker) this.#handOver();
  }

  #handOver(): void {
    const taker = this.#taker;
    const filled = this.#filled;
    this.#taker = undefined;
    this.#filled = 0;
    if (!taker || filled === 0) return;
    const batch = this.#batch;
    if (filled < batch.length) {
      taker.take(copyOf(batch, 0, filled));
      return;
    }
    this.#batch = Buffer.allocUnsafeSlow(LARGEST_PIECE_BYTES);
    taker.take(batch);
  }
}

/** From this size on, in bytes, a copy into a batch and out of it again costs more than a piece of its own. */
function worthOwn(most: number): number {
  if (most === LARGEST_PIECE_BYTES) return Number.POSITIVE_INFINITY;
  return Math.min(LARGE_BYTES, most / 2);
}

/** Large pieces have memory of their own, which is freed as soon as they are written on. */
function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  const length = to - from;
  const piece = length < 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
  bytes.copy(piece, 0, from, to);
  return piece;
}
