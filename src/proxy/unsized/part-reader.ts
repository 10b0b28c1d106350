import type { Readable } from 'node:stream';
import { letGo } from '../../upstream/let-go.ts';

/** Reads a body into memory of its caller, a part after the other. What it was not asked for stays with the client. */
export class PartReader {
  readonly #body: Readable;
  readonly #pieces: AsyncIterator<Buffer>;
  /** What came behind the part before. */
  #rest: Buffer | undefined;

  /** @param body ends when this is left; its pieces are nobody else's, and it is not the client's request itself */
  constructor(body: Readable) {
    this.#body = body;
    this.#pieces = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /**
   * Reads until `into` is full, or the body is at its end.
   * @param from where the bytes begin in it
   * @returns where they end
   * @throws the error of the body
   */
  async fill(into: Buffer, from = 0): Promise<number> {
    let at = from;
    while (at < into.length && (await this.more())) {
      const piece = this.#rest as Buffer;
      const taken = piece.copy(into, at);
      this.#rest = taken < piece.length ? piece.subarray(taken) : undefined;
      if (!this.#rest) letGo(piece);
      at += taken;
    }
    return at;
  }

  /** Is there more of the body? @throws the error of the body */
  async more(): Promise<boolean> {
    while (this.#rest === undefined || this.#rest.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }

  /** No more of it is read. */
  leave(): void {
    this.#rest = undefined;
    this.#body.destroy();
  }
}
