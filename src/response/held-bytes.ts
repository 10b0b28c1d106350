import type { Signal } from '../leaving.ts';
import { S3Error } from '../s3/errors.ts';
import { Shares } from './shares.ts';

export interface DocumentLimits {
  /** In bytes, of all documents together. */
  readonly most: number;
  /** How long one waits for room, in milliseconds. */
  readonly wait: number;
  /** How long one counts that its client does not take, in milliseconds; absent means the default. */
  readonly sending?: number;
}

const SENDING_MS = 60_000;

const MIB = 1024 * 1024;

/** Four of the longest lists. Rewriting one takes about five times its size for a moment. */
const OF_STORES: DocumentLimits = { most: 32 * MIB, wait: 10_000 };
/** Two of the longest: a CompleteMultipartUpload of 4 MiB. A usual DeleteObjects has a hundredth of that. */
export const OF_CLIENTS: DocumentLimits = { most: 8 * MIB, wait: 10_000 };

/** Twelve parts of bodies of unknown length, or two of the longest that are held whole. */
export const OF_UNSIZED: DocumentLimits = { most: 64 * MIB, wait: 10_000 };

/** Of the time for a wait: after so much of it a document is asked whether it comes slowly, and so often it is looked. */
const YOUNG_SHARE = 1 / 10;
const LOOKS_SHARE = 1 / 40;

/** The part of one document in the bytes that all of them hold. */
export interface Holding {
  /**
   * Waits until there is room for so many bytes of this document in all.
   * @throws S3Error SlowDown after its time without; the signal's reason when the client leaves
   */
  grow(bytes: number): Promise<void>;
  /** Who began it ends it, whatever happens. */
  end(): void;
  /** How long it counts when it waits for its client to take it, in milliseconds. */
  readonly sending: number;
}

/** Whose document it is. */
export interface Holder {
  readonly client: string;
  readonly signal: Signal;
  /**
   * Ends the document if it will not be here within the time for a wait, at the pace at which it comes.
   * @param share of that time that has passed
   * @returns whether it was ended
   */
  readonly giveWay?: (share: number) => boolean;
}

interface Waiter {
  readonly part: Part;
  readonly bytes: number;
  readonly go: () => void;
}

/** What one document has. */
interface Part {
  readonly holder: Holder;
  readonly end: () => void;
  since: number;
}

/**
 * How many bytes of documents that are read whole are held at once. Documents that do not fit wait for others to be
 * answered, in the order in which they came, so that many lists at once take their time and not the memory. One client
 * has half of the room at most, or one document; and while others wait, one that comes slowly gives way.
 */
export class HeldBytes {
  readonly #defaults: DocumentLimits;
  #limits: DocumentLimits;
  #held = 0;
  #waited = 0;
  #refused = 0;
  #gaveWay = 0;
  readonly #shares = new Shares<Part>();
  /** Those that may give way, the oldest first. */
  readonly #coming = new Set<Part>();
  readonly #waiters: Waiter[] = [];
  /** While anyone waits. */
  #looking: NodeJS.Timeout | undefined;

  constructor(limits: DocumentLimits = OF_STORES) {
    this.#defaults = limits;
    this.#limits = limits;
  }

  get held(): number {
    return this.#held;
  }

  /** For metrics. */
  get figures(): { held: number; most: number; waited: number; refused: number; gaveWay: number } {
    const { most } = this.#limits;
    return { held: this.#held, most, waited: this.#waited, refused: this.#refused, gaveWay: this.#gaveWay };
  }

  /** The limits from now on; by default those that it began with. */
  use(limits: DocumentLimits = this.#defaults): void {
    this.#limits = limits;
    this.#serve();
  }

  begin(holder: Holder): Holding {
    let own = 0;
    let ended = false;
    const leave = (bytes: number): void => {
      this.#held -= bytes;
      this.#shares.leave(holder.client, part, bytes);
      this.#coming.delete(part);
      this.#serve();
    };
    const end = (): void => {
      if (ended) return;
      ended = true;
      leave(own);
    };
    const part: Part = { holder, end, since: 0 };
    return {
      end,
      sending: this.#limits.sending ?? SENDING_MS,
      grow: async (bytes) => {
        const more = bytes - own;
        if (more <= 0 || ended) return;
        await this.#take(part, more);
        // Its time may have been over while it waited.
        if (ended) leave(more);
        else own += more;
      },
    };
  }

  async #take(part: Part, bytes: number): Promise<void> {
    const { signal } = part.holder;
    signal.throwIfAborted();
    // Those that wait for their own client alone hold up nobody else.
    const inTurn = !this.#waiters.some((waiter) => this.#mayHave(waiter.part, waiter.bytes));
    if (inTurn && this.#mayHave(part, bytes) && this.#held + bytes <= this.#limits.most) {
      this.#give(part, bytes);
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
        part,
        bytes,
        go: () => {
          done();
          resolve();
        },
      };
      signal.addEventListener('abort', left, { once: true });
      this.#waiters.push(waiter);
      this.#looking ??= setInterval(() => this.#press(), this.#limits.wait * LOOKS_SHARE);
    });
  }

  #mayHave(part: Part, bytes: number): boolean {
    return this.#shares.allows(part.holder.client, part, bytes, this.#limits.most / 2);
  }

  #give(part: Part, bytes: number): void {
    this.#held += bytes;
    this.#shares.take(part.holder.client, part, bytes);
    if (part.since !== 0 || part.holder.giveWay === undefined) return;
    part.since = performance.now();
    this.#coming.add(part);
  }

  #serve(): void {
    for (const waiter of this.#waiters.slice()) {
      const { part, bytes, go } = waiter;
      if (!this.#mayHave(part, bytes)) continue;
      if (this.#held + bytes > this.#limits.most) break;
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      this.#give(part, bytes);
      go();
    }
    if (this.#waiters.length > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** Has one document give way that comes slowly: a turn later, when what had arrived has been seen. */
  #press(): void {
    setImmediate(() => {
      const now = performance.now();
      for (const part of this.#slowest(now)) {
        if (!part.holder.giveWay?.((now - part.since) / this.#limits.wait)) continue;
        this.#gaveWay += 1;
        part.end();
        return;
      }
    });
  }

  /**
   * Those whose end lets somebody in, first those of the client that has most, the oldest first. Who waits for its own
   * client alone takes nothing from others.
   */
  #slowest(now: number): Part[] {
    const before = now - this.#limits.wait * YOUNG_SHARE;
    const anyWill = this.#waiters.some(({ part, bytes }) => this.#mayHave(part, bytes));
    const waiting = new Set(this.#waiters.map(({ part }) => part.holder.client));
    return [...this.#coming]
      .filter(({ since, holder }) => since <= before && (anyWill || waiting.has(holder.client)))
      .toSorted((a, b) => this.#shares.bytesOf(b.holder.client) - this.#shares.bytesOf(a.holder.client));
  }
}

function noRoom(): S3Error {
  return new S3Error(
    'SlowDown',
    'Too many large documents are under way at once. Please reduce your request rate.',
  );
}
