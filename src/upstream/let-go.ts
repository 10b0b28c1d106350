import { IncomingMessage } from 'node:http';
import { type Readable, Transform, type Writable } from 'node:stream';
import { DirectResponse } from './direct/direct-response.ts';

/** Smaller pieces may share their memory with others and are not worth the call. */
const WORTH_BYTES = 4096;

/**
 * Makes a sink free the memory of each piece of a body as soon as it is written. A piece that waited for a slow reader is
 * in the old generation of the garbage collector, which is collected only after about 64 MiB: with many slow transfers at
 * once that was a third of the proxy's memory.
 *
 * Only for bodies from a socket, directly or through other streams: nobody else keeps their pieces. Bodies from memory
 * may be sent again.
 */
export function lettingGo<Sink extends Writable>(sink: Sink, body: Readable): Sink {
  if (!freesPieces(body)) return sink;
  const write = sink.write.bind(sink) as (piece: unknown, done: (error?: Error | null) => void) => boolean;
  // `pipe` passes only the piece. A piece that was not written may still be queued below, and is left alone.
  sink.write = (piece: unknown): boolean =>
    write(piece, (error) => {
      if (!error && Buffer.isBuffer(piece)) letGo(piece);
    });
  return sink;
}

/** Are the pieces of this body nobody else's? */
export function freesPieces(body: Readable): boolean {
  return body instanceof IncomingMessage || body instanceof Transform || body instanceof DirectResponse;
}

/** Memory for a piece of its own, so that it can be let go of. @param size in bytes */
export function ownBuffer(size: number): Buffer {
  return size < WORTH_BYTES ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size);
}

/** Is a piece so large that it has memory of its own? A part of a larger buffer is left to the garbage collector. */
export function isWorth({ buffer, byteLength }: Buffer): boolean {
  return byteLength >= WORTH_BYTES && byteLength === buffer.byteLength;
}

export function letGo(piece: Buffer): void {
  const { buffer } = piece;
  if (isWorth(piece) && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/**
 * The same with the memory around it: for a part of a larger piece that nobody else has a part of. What is no larger than
 * the memory that Node has for small pieces, which is a little more than it says, is left alone.
 */
export function letGoOfAll({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= 2 * Buffer.poolSize) buffer.transfer(0);
}
