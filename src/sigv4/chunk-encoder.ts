import type { Next, Step } from '../steps.ts';
import type { Trailers } from './chunk-trailers.ts';

/** Well above the minimum of 8 KiB, and small enough to buffer a hundred. */
const CHUNK_BYTES = 64 * 1024;

/** Encodes a body in the unsigned framing of aws-chunked; the trailers are requested at its end. */
export class ChunkEncoder implements Step {
  readonly #trailers: () => Trailers;
  #held: Buffer[] = [];
  #size = 0;

  constructor(trailers: () => Trailers) {
    this.#trailers = trailers;
  }

  take(bytes: Buffer, next: Next): void {
    let rest = bytes;
    // All chunks but the last have the same size, so that the length of the whole is known before it begins.
    while (this.#size + rest.length >= CHUNK_BYTES) {
      const cut = CHUNK_BYTES - this.#size;
      this.#hold(rest.subarray(0, cut));
      this.#passChunk(next);
      rest = rest.subarray(cut);
    }
    if (rest.length > 0) this.#hold(rest);
  }

  end(next: Next): void {
    this.#passChunk(next);
    const lines = [...this.#trailers()].map(([name, value]) => `${name}:${value}\r\n`);
    next(Buffer.from(`0\r\n${lines.join('')}\r\n`, 'latin1'));
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#size += bytes.length;
  }

  #passChunk(next: Next): void {
    if (this.#size === 0) return;
    next(Buffer.from(`${this.#size.toString(16)}\r\n`, 'latin1'));
    for (const bytes of this.#held) next(bytes);
    next(Buffer.from('\r\n', 'latin1'));
    this.#held = [];
    this.#size = 0;
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
