import { bodyFaults, failBody } from '../../listener/body-fault.ts';
import { SLOW_DOWN } from '../../listener/refusal.ts';
import type { Holding } from '../../response/held-bytes.ts';
import { S3Error } from '../../s3/errors.ts';
import type { UnsizedLimits } from '../../snapshot/unsized-limits.ts';
import { clientOf, type Exchange } from '../exchange.ts';
import type { Serving } from '../serving.ts';

/** What can't be cut into parts may take so much of the room of all: as much as one client may have. */
const WHOLE_SHARE = 1 / 2;

const REACHED = 'limits.unsizedBodies is reached';

/** The memory that one body has at a time, counted with that of all others. */
export class Room {
  readonly #exchange: Exchange;
  readonly #serving: Pick<Serving, 'heldOfUnsized'>;
  readonly #mostFilling: number;
  #holding: Holding | undefined;
  /** Since when the client is waited for; undefined while it is not. */
  #since: number | undefined;

  constructor(
    exchange: Exchange,
    serving: Pick<Serving, 'heldOfUnsized'>,
    { filling }: Pick<UnsizedLimits, 'filling'>,
  ) {
    this.#mostFilling = filling;
    this.#exchange = exchange;
    this.#serving = serving;
  }

  /** The longest body that is held whole, where it can't be written in parts: in bytes. */
  get largestWhole(): number {
    return Math.floor(this.#serving.heldOfUnsized.figures.most * WHOLE_SHARE);
  }

  /**
   * Waits until there is room for so many bytes in all.
   * @throws S3Error SlowDown when there is none in time; the signal's reason when the client leaves
   */
  async take(bytes: number): Promise<void> {
    const { signal, log } = this.#exchange;
    this.#holding ??= this.#serving.heldOfUnsized.begin({
      client: clientOf(this.#exchange),
      signal,
      giveWay: () => this.#giveWay(),
    });
    try {
      await this.#holding.grow(bytes);
    } catch (error) {
      if (error instanceof S3Error) log.cause = REACHED;
      throw error;
    }
  }

  /** While this reads, the client is waited for. */
  async filling<T>(read: () => Promise<T>): Promise<T> {
    this.#since = performance.now();
    try {
      return await read();
    } finally {
      this.#since = undefined;
    }
  }

  leave(): void {
    this.#holding?.end();
    this.#holding = undefined;
  }

  /** What waits for the store, or for its turn, is not slow. */
  #giveWay(): boolean {
    const { request } = this.#exchange;
    const slow = this.#since !== undefined && performance.now() - this.#since > this.#mostFilling;
    if (!slow || request.complete || bodyFaults.has(request)) return false;
    const cause = new Error(`${REACHED}, others wait, and a part of this body came slowly`);
    failBody(request, new S3Error('SlowDown', SLOW_DOWN, { cause }));
    return true;
  }
}
