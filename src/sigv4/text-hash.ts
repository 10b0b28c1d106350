import { hash } from 'node:crypto';

/** More than the canonical requests of nearly all clients. */
const USUAL = 4096;

/**
 * A text that comes in pieces, one character a byte, for its SHA-256. The pieces are written side by side, and no text is made of
 * them. There is one text at a time: from its first piece to `hashOfText` nothing else may write.
 */
let bytes = Buffer.alloc(USUAL);
let length = 0;
/** What was hashed last: many texts are as long as the one before. */
let hashed = bytes.subarray(0, 0);

/** @param at where: by default behind the piece before. The first piece is written at 0 */
export function writeText(piece: string, at = length): void {
  if (at + piece.length > bytes.length) makeRoom(at + piece.length);
  length = at + bytes.write(piece, at, 'latin1');
}

/** In hex. */
export function hashOfText(): string {
  if (hashed.length !== length) hashed = bytes.subarray(0, length);
  return hash('sha256', hashed);
}

function makeRoom(needed: number): void {
  bytes = Buffer.concat([bytes], 2 * needed);
  hashed = bytes.subarray(0, 0);
}
