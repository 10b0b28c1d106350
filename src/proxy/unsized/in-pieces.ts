import { Readable } from 'node:stream';

/** As much as is mostly written at once: over TLS the whole of a write is encrypted in memory before the first byte goes. */
const PIECE_BYTES = 64 * 1024;

/** A body that is in memory, in pieces that go out as the store takes them. */
export function inPieces(bytes: Buffer): Readable {
  return Readable.from(piecesOf(bytes), { objectMode: false });
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
