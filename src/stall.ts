import type { Socket } from 'node:net';
import { unacknowledged } from './unacknowledged.ts';

/** So many times within its limit it is looked whether bytes moved below. The end is that exact. */
export const LOOKS = 8;

/** A wait for the other side of a socket to take bytes that the system holds for it. */
export class Stall {
  readonly #socket: Socket;
  readonly #limit: number;
  #since: number;
  #looked: number;
  #left: number | undefined;
  #looking = false;

  /** @param limit milliseconds without a byte taken */
  constructor(socket: Socket, limit: number, now: number) {
    this.#socket = socket;
    this.#limit = limit;
    this.#since = now;
    this.#looked = now;
  }

  /** When to look next, at the latest. */
  get due(): number {
    return Math.min(this.#looked + this.#limit / LOOKS, this.#since + this.#limit);
  }

  /** Looks once. @returns is the limit over? `false` too while another look is under way */
  async look(): Promise<boolean> {
    if (this.#looking) return false;
    this.#looking = true;
    const left = await unacknowledged(this.#socket);
    this.#looking = false;
    const now = performance.now();
    this.#looked = now;
    if (left !== undefined && this.#left !== undefined && left < this.#left) this.#since = now;
    this.#left = left;
    return now - this.#since >= this.#limit;
  }
}
