import { Transform, type TransformCallback } from 'node:stream';
import type { Trailers } from './chunk-trailers.ts';

/** Well above the minimum of 8 KiB, and small enough to buffer a hundred. */
const CHUNK_BYTES = 64 * 1024;

/** Encodes a body in the unsigned framing of aws-chunked; the trailers are requested at its end. */
export class ChunkEncoder extends Transform {
  readonly #trailers: () => Trailers;
  #held: Buffer[] = [];
  #size = 0;

  constructor(trailers: () => Trailers) {
    super();
    this.#trailers = trailers;
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = bytes;
    // All chunks but the last have the same size, so that the length of the whole is known before it begins.
    while (this.#size + rest.length >= CHUNK_BYTES) {
      const cut = CHUNK_BYTES - this.#size;
      this.#hold(rest.subarray(0, cut));
      this.#emitChunk();
      rest = rest.subarray(cut);
    }
    if (rest.length > 0) this.#hold(rest);
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#emitChunk();
    const lines = [...this.#trailers()].map(([name, value]) => `${name}:${value}\r\n`);
    done(null, Buffer.from(`0\r\n${lines.join('')}\r\n`, 'latin1'));
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#size += bytes.length;
  }

  #emitChunk(): void {
    if (this.#size === 0) return;
    this.push(Buffer.from(`${this.#size.toString(16)}\r\n`, 'latin1'));
    for (const bytes of this.#held) this.push(bytes);
    this.push(Buffer.from('\r\n', 'latin1'));
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
