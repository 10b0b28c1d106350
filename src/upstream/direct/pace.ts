/** One TLS record, in bytes. */
export const RECORD_BYTES = 16 * 1024;
/**
 * Of an answer whose connection is lean. Of two halves of a record one waits as it came, and one as it goes. For a whole one
 * Node keeps memory for two.
 */
export const LEAN_BYTES = RECORD_BYTES / 2;
/** As much as goes on in one piece, in bytes. A piece costs more than what is in it … */
export const PIECE_BYTES = 64 * 1024;
/** … so that more go on at once in a transfer that nobody holds up. */
export const LARGEST_PIECE_BYTES = 256 * 1024;

/**
 * That nobody does is known when more has gone through than systems take ahead of a slow reader. Until then the pieces of a
 * longer body are records: Node keeps memory for the largest piece that ever waited on a connection, for as long as that
 * is open. Shorter bodies are mostly taken by the system.
 */
const PROVEN_BYTES = 8 * 1024 * 1024;
/** Who takes nothing for so long, in milliseconds, holds it up. What it was given last waits in memory meanwhile. */
const STALLED_MS = 100;

/** So many transfers have large pieces at once: all of them may be held up in the same moment. */
const MOST_LARGE = 64;
/**
 * So much may be out of which it is not known yet whether the socket took it, in bytes. To stop a body for the moment until that
 * is known costs more than what comes meanwhile …
 */
export const AHEAD_BYTES = 128 * 1024;
/** … and of a few large ones it may be more. */
export const FAR_AHEAD_BYTES = 512 * 1024;
const MOST_FAR_AHEAD = 16;
/** So many longer bodies begin with pieces instead of records. Each may be that of a slow reader, and keep that memory. */
const MOST_TRUSTED = 16;

let large = 0;
let trusted = 0;

interface Beginning {
  /** The size of the pieces of a long one, in bytes. */
  readonly least?: number;
  /** A long one may begin with larger ones, while few such do. */
  readonly trusting?: boolean;
}

/** How large the pieces of one transfer are. It has to be ended. */
export class Pace {
  /** The size of a piece, in bytes. */
  most: number;
  /** How much may be out of which it is not known whether it was taken, in bytes. */
  ahead = AHEAD_BYTES;
  /** Since it was held up last. */
  #moved = 0;
  #fullSince = 0;
  #trusted: boolean;

  /**
   * @param length of the whole, in bytes, where it is known
   */
  constructor(length = 0, { least = RECORD_BYTES, trusting = false }: Beginning = {}) {
    const long = length > PROVEN_BYTES;
    this.#trusted = long && trusting && trusted < MOST_TRUSTED;
    if (this.#trusted) trusted += 1;
    this.most = long && !this.#trusted ? least : PIECE_BYTES;
  }

  moved(bytes: number): void {
    this.#moved += bytes;
    if (this.#moved < PROVEN_BYTES || this.most > PIECE_BYTES) return;
    this.most = PIECE_BYTES;
    this.#distrust();
    if (large >= MOST_LARGE) return;
    large += 1;
    this.most = LARGEST_PIECE_BYTES;
    if (large <= MOST_FAR_AHEAD) this.ahead = FAR_AHEAD_BYTES;
  }

  /** Nothing more is taken for now. */
  full(): void {
    if (this.#moved > 0 && this.#fullSince === 0) this.#fullSince = performance.now();
  }

  taken(): void {
    if (this.#fullSince > 0 && performance.now() - this.#fullSince > STALLED_MS) this.#shrink();
    this.#fullSince = 0;
  }

  end(): void {
    this.#shrink();
    this.#distrust();
  }

  /** Pieces are no longer large. */
  #shrink(): void {
    this.#moved = 0;
    if (this.most <= PIECE_BYTES) return;
    large -= 1;
    this.most = PIECE_BYTES;
    this.ahead = AHEAD_BYTES;
  }

  /** Another one may begin with pieces. */
  #distrust(): void {
    if (this.#trusted) trusted -= 1;
    this.#trusted = false;
  }
}
