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
  length = at + piece.length;
  if (length > bytes.length) makeRoom(at);
  if (piece.length > SHORT) bytes.write(piece, at, 'latin1');
  else for (let from = 0; from < piece.length; from += 1) bytes[at + from] = piece.charCodeAt(from);
}

/** In characters: a shorter piece is written faster here than by a call to the engine. */
const SHORT = 12;

/** In hex. */
export function hashOfText(): string {
  if (hashed.length !== length) hashed = bytes.subarray(0, length);
  return hash('sha256', hashed);
}

/** @param kept so many bytes stay */
function makeRoom(kept: number): void {
  bytes = Buffer.concat([bytes.subarray(0, kept)], 2 * length);
  hashed = bytes.subarray(0, 0);
}
