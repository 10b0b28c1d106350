import { letGo } from '../let-go.ts';
import { LARGEST_PIECE_BYTES } from './pace.ts';

/** For the head and the body of a small request, in bytes. */
const LITTLE_BYTES = 4 * 1024;
/** For what comes in one turn of the loop, with what frames it … */
const MEMORY_BYTES = 100 * 1024;
/** … and in one of a transfer that nobody holds up. */
const LARGE_BYTES = LARGEST_PIECE_BYTES + 4 * 1024;

/**
 * Memory whose bytes were written, for the next ones: it is still in the processor's cache, and new memory costs as much
 * as to fill it. A socket mostly takes a piece at once, so few are in use.
 */
const spare: Buffer[] = [];
const spareLarge: Buffer[] = [];
const MOST_SPARE = 8;
/** Such memory in use. Nothing else may come back as spare, and each once: two bodies would be in it. */
const lent = new WeakSet<ArrayBufferLike>();

/**
 * The pieces of one body that came in one turn of the loop, which go on as one. Those of other bodies come between them:
 * each piece goes through streams, which hand on in ticks, and all transfers of a turn share these.
 */
export class Held {
  /** In bytes. */
  size = 0;
  readonly #frees: boolean;
  /** One that came alone goes on as it is … */
  #only: Buffer | undefined;
  /** … and more of them are put together here as they come, so that a client's single bytes take no more than their size. */
  #memory: Buffer | undefined;

  /** @param frees are the pieces nobody else's? */
  constructor(frees: boolean) {
    this.#frees = frees;
  }

  /** @param most so much may come before it is taken, in bytes */
  add(piece: Buffer, most = 0): void {
    if (this.size === 0) {
      this.#only = piece;
      this.size = piece.byteLength;
      return;
    }
    const memory = this.#room(piece.byteLength, most);
    this.size += piece.copy(memory, this.size);
    if (this.#frees) letGo(piece);
  }

  /** @param text one character a byte */
  addText(text: string): void {
    const memory = this.#room(text.length, 0);
    this.size += memory.write(text, this.size, 'latin1');
  }

  /** All of it, which is to be given back when it was written. */
  take(): Buffer | undefined {
    if (this.size === 0) return undefined;
    const piece = this.#only ?? (this.#memory as Buffer).subarray(0, this.size);
    this.#only = undefined;
    this.#memory = undefined;
    this.size = 0;
    return piece;
  }

  /** @param piece what was taken, and of which nobody has a part any more */
  giveBack(piece: Buffer): void {
    const { buffer } = piece;
    if (!lent.delete(buffer)) {
      if (this.#frees) letGo(piece);
      return;
    }
    const list = buffer.byteLength > MEMORY_BYTES ? spareLarge : spare;
    if (list.length < MOST_SPARE) list.push(Buffer.from(buffer));
    else letGo(Buffer.from(buffer));
  }

  /** Memory in which so many bytes fit behind what is held. */
  #room(bytes: number, most: number): Buffer {
    const needed = this.size + bytes;
    const before = this.#memory ?? this.#only;
    if (this.#memory && this.#memory.byteLength >= needed) return this.#memory;
    const memory = memoryFor(Math.max(needed, most));
    if (before) {
      before.copy(memory, 0, 0, this.size);
      this.giveBack(before);
    }
    this.#only = undefined;
    this.#memory = memory;
    return memory;
  }
}

function memoryFor(bytes: number): Buffer {
  if (bytes > LARGE_BYTES) return Buffer.allocUnsafeSlow(2 * bytes);
  if (bytes <= LITTLE_BYTES && spare.length === 0) return Buffer.allocUnsafe(LITTLE_BYTES);
  const large = bytes > MEMORY_BYTES;
  const memory =
    (large ? spareLarge : spare).pop() ?? Buffer.allocUnsafeSlow(large ? LARGE_BYTES : MEMORY_BYTES);
  lent.add(memory.buffer);
  return memory;
}
