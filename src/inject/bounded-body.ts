import type { IncomingMessage } from 'node:http';

/** The bytes of bodies that may be in memory: of one, and of all together. */
export interface BodyBounds {
  readonly one: number;
  readonly all: number;
}

/** A body that there is no room for, with the status that says so. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
  readonly status: 413 | 503;

  constructor(status: 413 | 503, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads bodies whole, as many as there is room for. */
export class BoundedBodies {
  readonly #bounds: BodyBounds;
  #held = 0;

  constructor(bounds: BodyBounds) {
    this.#bounds = bounds;
  }

  /**
   * Has `use` work with the text, whose room is given back afterwards.
   * @throws NoRoom, before what is too much is kept
   */
  async read<T>(request: IncomingMessage, use: (text: string) => Promise<T>): Promise<T> {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > this.#bounds.one) throw this.#tooLong();
    let own = 0;
    const parts: Buffer[] = [];
    try {
      for await (const part of request as AsyncIterable<Buffer>) {
        if (own + part.length > this.#bounds.one) throw this.#tooLong();
        if (this.#held + part.length > this.#bounds.all)
          throw new NoRoom(503, 'too many reviews at once; try again');
        own += part.length;
        this.#held += part.length;
        parts.push(part);
      }
      return await use(Buffer.concat(parts).toString('utf8'));
    } finally {
      this.#held -= own;
    }
  }

  #tooLong(): NoRoom {
    return new NoRoom(413, `a review has ${this.#bounds.one} bytes at most`);
  }
}
