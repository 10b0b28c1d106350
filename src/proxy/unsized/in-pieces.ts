import { Readable } from 'node:stream';

/** What goes out in one write: over TLS the whole of a write is encrypted in memory before the first byte goes. */
const PIECE_BYTES = 64 * 1024;

/** A body that is in memory, in pieces that go out as the store takes them. */
export function inPieces(parts: readonly Buffer[]): Readable {
  return Readable.from(piecesOf(parts), { objectMode: false });
}

function* piecesOf(parts: readonly Buffer[]): Generator<Buffer> {
  for (const part of parts)
    for (let at = 0; at < part.byteLength; at += PIECE_BYTES) yield part.subarray(at, at + PIECE_BYTES);
}
