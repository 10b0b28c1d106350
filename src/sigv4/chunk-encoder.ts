import type { Next, Step } from '../steps.ts';
import type { Trailers } from './chunk-trailers.ts';

/** Well above the minimum of 8 KiB, and small enough to buffer a hundred. */
const CHUNK_BYTES = 64 * 1024;
const CRLF = '\r\n';

/** Encodes a body of known length in the unsigned framing of aws-chunked; the trailers are requested at its end. */
export class ChunkEncoder implements Step {
  readonly #trailers: () => Trailers;
  /** How many bytes of the body follow the chunk in work. */
  #left: number;
  /** A chunk with its framing, in memory of its own: it goes on as one piece, and is written as it is. */
  #chunk: Buffer | undefined;
  #filled = 0;

  constructor(length: number, trailers: () => Trailers) {
    this.#left = length;
    this.#trailers = trailers;
  }

  /** @throws RangeError for more than was announced */
  take(bytes: Buffer, next: Next): void {
    let at = 0;
    while (at < bytes.length) {
      const chunk = this.#chunk ?? this.#begin();
      const room = chunk.length - CRLF.length - this.#filled;
      const copied = bytes.copy(chunk, this.#filled, at, at + Math.min(room, bytes.length - at));
      at += copied;
      this.#filled += copied;
      if (copied === room) this.#pass(chunk, next);
    }
  }

  /** @throws RangeError for less than was announced */
  end(next: Next): void {
    if (this.#chunk || this.#left > 0) throw new RangeError('the body is shorter than it was said to be');
    const lines = [...this.#trailers()].map(([name, value]) => `${name}:${value}\r\n`);
    next(Buffer.from(`0\r\n${lines.join('')}\r\n`, 'latin1'));
  }

  /** All chunks but the last have the same size, so that the length of the whole is known before it begins. */
  #begin(): Buffer {
    const size = Math.min(this.#left, CHUNK_BYTES);
    if (size === 0) throw new RangeError('the body is longer than it was said to be');
    this.#left -= size;
    // Without the zeros of `alloc` the system gives no memory before it is written.
    const chunk = Buffer.allocUnsafeSlow(chunkLength(size));
    this.#filled = chunk.write(`${size.toString(16)}\r\n`, 'latin1');
    this.#chunk = chunk;
    return chunk;
  }

  #pass(chunk: Buffer, next: Next): void {
    chunk.write(CRLF, this.#filled, 'latin1');
    this.#chunk = undefined;
    next(chunk);
  }
}

/**
 * How long a body is in that framing.
 * @param length of the body, in bytes
 * @param trailers the length of each one's name and value
 */
export function framedLength(length: number, trailers: readonly { name: number; value: number }[]): number {
  const rest = length % CHUNK_BYTES;
  const full = ((length - rest) / CHUNK_BYTES) * chunkLength(CHUNK_BYTES);
  const lines = trailers.reduce((sum, { name, value }) => sum + name + 1 + value + 2, 0);
  return full + (rest === 0 ? 0 : chunkLength(rest)) + '0\r\n'.length + lines + '\r\n'.length;
}

function chunkLength(size: number): number {
  return size.toString(16).length + 2 + size + 2;
}
