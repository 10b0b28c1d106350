import { S3Error } from '../s3/errors.ts';

const MIB = 1024 * 1024;
/** Four of the longest lists. Rewriting one takes about five times its size for a moment. */
const OF_STORES = 32 * MIB;
/** Two of the longest: a CompleteMultipartUpload of 4 MiB. A usual DeleteObjects has a hundredth of that. */
export const OF_CLIENTS = 8 * MIB;
const MOST_WAIT_MS = 10_000;

/** The part of one document in the bytes that all of them hold. */
export interface Holding {
  /**
   * Waits until there is room for so many bytes of this document in all.
   * @throws S3Error SlowDown after ten seconds without; the signal's reason when the client leaves
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
  readonly #most: number;
  readonly #wait: number;
  #held = 0;
  readonly #waiters: Waiter[] = [];

  /** @param wait in milliseconds */
  constructor(most = OF_STORES, wait = MOST_WAIT_MS) {
    this.#most = most;
    this.#wait = wait;
  }

  get held(): number {
    return this.#held;
  }

  begin(signal: AbortSignal): Holding {
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

  async #take(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#waiters.length === 0 && this.#held + bytes <= this.#most) {
      this.#held += bytes;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const give = (reason: unknown): void => {
        done();
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        this.#serve();
        reject(reason);
      };
      const left = (): void => give(signal.reason);
      const timer = setTimeout(() => give(noRoom()), this.#wait);
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
      next && this.#held + next.bytes <= this.#most;
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
