import { letGo, ownBuffer } from '../let-go.ts';

/** A client may send a byte at a time. More pieces than these are put together, so that they take no more than their size. */
const MOST_PIECES = 64;

/**
 * The pieces of one body that came in one turn of the loop, which go on as one. Those of other bodies come between them:
 * each piece goes through streams, which hand on in ticks, and all transfers of a turn share these.
 */
export class Held {
  /** In bytes. */
  size = 0;
  readonly #frees: boolean;
  #pieces: Buffer[] = [];

  /** @param frees are the pieces nobody else's? */
  constructor(frees: boolean) {
    this.#frees = frees;
  }

  add(piece: Buffer): void {
    if (this.#pieces.length === MOST_PIECES) this.#pieces = [this.#together(this.#pieces)];
    this.#pieces.push(piece);
    this.size += piece.byteLength;
  }

  /** @param text one character a byte */
  addText(text: string): void {
    this.add(Buffer.from(text, 'latin1'));
  }

  /** All of it, copied once if it is more than one piece. */
  take(): Buffer | undefined {
    const pieces = this.#pieces;
    if (pieces.length === 0) return undefined;
    const piece = pieces.length === 1 ? (pieces[0] as Buffer) : this.#together(pieces);
    this.drop();
    return piece;
  }

  drop(): void {
    this.#pieces = [];
    this.size = 0;
  }

  #together(pieces: readonly Buffer[]): Buffer {
    const whole = ownBuffer(this.size);
    let at = 0;
    for (const piece of pieces) {
      at += piece.copy(whole, at);
      if (this.#frees) letGo(piece);
    }
    return whole;
  }
}
