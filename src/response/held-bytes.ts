import type { Signal } from '../leaving.ts';
import { S3Error } from '../s3/errors.ts';

export interface DocumentLimits {
  /** In bytes, of all documents together. */
  readonly most: number;
  /** How long one waits for room, in milliseconds. */
  readonly wait: number;
}

const MIB = 1024 * 1024;

/** Four of the longest lists. Rewriting one takes about five times its size for a moment. */
const OF_STORES: DocumentLimits = { most: 32 * MIB, wait: 10_000 };
/** Two of the longest: a CompleteMultipartUpload of 4 MiB. A usual DeleteObjects has a hundredth of that. */
export const OF_CLIENTS: DocumentLimits = { most: 8 * MIB, wait: 10_000 };

/** The part of one document in the bytes that all of them hold. */
export interface Holding {
  /**
   * Waits until there is room for so many bytes of this document in all.
   * @throws S3Error SlowDown after its time without; the signal's reason when the client leaves
   */
  grow(bytes: number): Promise<void>;
  /** Who began it ends it, whatever happens. */
  end(): void;
}

interface Waiter {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * How many bytes of documents that are read whole are held at once. Documents that do not fit wait for others to be
 * answered, in the order in which they came, so that many lists at once take their time and not the memory.
 */
export class HeldBytes {
  readonly #defaults: DocumentLimits;
  #limits: DocumentLimits;
  #held = 0;
  #waited = 0;
  #refused = 0;
  readonly #waiters: Waiter[] = [];

  constructor(limits: DocumentLimits = OF_STORES) {
    this.#defaults = limits;
    this.#limits = limits;
  }

  get held(): number {
    return this.#held;
  }

  /** For metrics. */
  get figures(): { held: number; most: number; waited: number; refused: number } {
    return { held: this.#held, most: this.#limits.most, waited: this.#waited, refused: this.#refused };
  }

  /** The limits from now on; by default those that it began with. */
  use(limits: DocumentLimits = this.#defaults): void {
    this.#limits = limits;
    this.#serve();
  }

  begin(signal: Signal): Holding {
    let own = 0;
    let ended = false;
    return {
      grow: async (bytes) => {
        const more = bytes - own;
        if (more <= 0 || ended) return;
        await this.#take(more, signal);
        own = bytes;
      },
      end: () => {
        if (ended) return;
        ended = true;
        this.#held -= own;
        this.#serve();
      },
    };
  }

  async #take(bytes: number, signal: Signal): Promise<void> {
    signal.throwIfAborted();
    if (this.#waiters.length === 0 && this.#held + bytes <= this.#limits.most) {
      this.#held += bytes;
      return;
    }
    this.#waited += 1;
    await new Promise<void>((resolve, reject) => {
      const give = (reason: unknown): void => {
        done();
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        this.#serve();
        reject(reason);
      };
      const left = (): void => give(signal.reason);
      const timer = setTimeout(() => {
        this.#refused += 1;
        give(noRoom());
      }, this.#limits.wait);
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', left);
      };
      const waiter = {
        bytes,
        go: () => {
          done();
          resolve();
        },
      };
      signal.addEventListener('abort', left, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #serve(): void {
    for (
      let next = this.#waiters[0];
      next && this.#held + next.bytes <= this.#limits.most;
      next = this.#waiters[0]
    ) {
      this.#waiters.shift();
      this.#held += next.bytes;
      next.go();
    }
  }
}

function noRoom(): S3Error {
  return new S3Error(
    'SlowDown',
    'Too many large documents are under way at once. Please reduce your request rate.',
  );
}
