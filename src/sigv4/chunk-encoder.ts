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
    this.#held.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= CHUNK_BYTES) this.#emitChunk();
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#emitChunk();
    const lines = [...this.#trailers()].map(([name, value]) => `${name}:${value}\r\n`);
    done(null, Buffer.from(`0\r\n${lines.join('')}\r\n`, 'latin1'));
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
