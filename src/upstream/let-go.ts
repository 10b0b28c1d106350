import { IncomingMessage } from 'node:http';
import { type Readable, Transform, type Writable } from 'node:stream';

/** Smaller pieces may share their memory with others, and are not worth the call. */
const WORTH_BYTES = 4096;

/**
 * Makes a sink give back the memory of each piece of a body as soon as that is written. A piece that waited for a slow
 * reader is old to the garbage collector when it is sent at last, and old garbage goes only when some 64 MiB of it have
 * come together: with many slow transfers at once that was a third of the memory that the proxy took.
 *
 * Only for bodies that come off a socket, through whatever passes them on: nobody else holds their pieces. Those from
 * memory may be sent again.
 */
export function lettingGo<Sink extends Writable>(sink: Sink, body: Readable): Sink {
  if (!(body instanceof IncomingMessage || body instanceof Transform)) return sink;
  const write = sink.write.bind(sink) as (piece: unknown, done: (error?: Error | null) => void) => boolean;
  // `pipe` gives it nothing but the piece. One that was not written may still wait below, and is left alone.
  sink.write = (piece: unknown): boolean =>
    write(piece, (error) => {
      if (!error && Buffer.isBuffer(piece)) letGo(piece);
    });
  return sink;
}

/** What is a part of something larger is left to the garbage collector. */
function letGo({ buffer, byteLength }: Buffer): void {
  if (byteLength < WORTH_BYTES || byteLength !== buffer.byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
