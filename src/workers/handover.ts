import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { urlOf } from '../listener/listen.ts';
import { openSocket } from '../listener/open-socket.ts';
import type { ListenerSettings } from '../listener/settings.ts';
import type { Names } from '../upstream/names/names.ts';
import { placeOf } from '../upstream/names/place-of.ts';

/**
 * So many connections may be on their way to one worker. What the master has to tell it waits for them, as they go over
 * one channel.
 */
const MOST_ON_THEIR_WAY = 4;
/** The one with the fewest is waited for while it has so many times fewer than another one that is ready … */
const FEWER = 1.25;
/** … and for so long, in milliseconds: then it is stuck, and the others get everything. */
const STUCK_MS = 250;
/** So many connections wait for a worker; further ones are closed. */
const MOST_WAITING = 512;
/** For so long, in milliseconds. */
const WAIT_MS = 10_000;

/** A worker, as seen from here. */
export interface Taker {
  readonly serving: boolean;
  readonly connections: number;
  readonly onTheirWay: number;
  /** When it took the last one, or was given the first of those that are on their way. */
  readonly lastTook: number;
  turn: number;
  give(listener: number, socket: Socket): void;
}

interface Waiting {
  readonly listener: number;
  readonly socket: Socket;
  readonly timer: NodeJS.Timeout;
}

/**
 * Listens for all workers, and gives each connection to the one that has the fewest. Where the kernel chooses
 * (`reusePort`), or the worker that is ready first (node:cluster), one of two workers got less than a fifth of 16 or 1,000
 * connections that stay.
 */
export class Handover {
  readonly #takers: readonly Taker[];
  readonly #servers: Server[] = [];
  /** Each removes what others would find of one of them. */
  readonly #leaves: (() => void)[] = [];
  readonly #waiting: Waiting[] = [];
  #turn = 0;
  /** As long as some wait: nobody tells that a worker is stuck. */
  #look: NodeJS.Timeout | undefined;

  constructor(takers: readonly Taker[]) {
    this.#takers = takers;
  }

  /**
   * Opens all sockets, or none.
   * @param names resolve the addresses that are names
   * @returns their URLs
   */
  async listen(listeners: readonly ListenerSettings[], names: Names): Promise<readonly string[]> {
    try {
      const urls: string[] = [];
      for (const [index, settings] of listeners.entries()) {
        const server = net.createServer({ pauseOnConnect: true }, (socket) => this.#arrive(index, socket));
        this.#servers.push(server);
        const { host } = settings.socket ? settings : await placeOf(settings, names);
        this.#leaves.push(await openSocket(server, settings, host));
        // `accept` fails when there is no descriptor left: the connection waits in the kernel's queue.
        server.on('error', () => {});
        // A unix socket's is a text, or nothing where systemd has opened it.
        const { port = settings.port } = (server.address() ?? {}) as Partial<AddressInfo>;
        urls.push(urlOf({ ...settings, port }));
      }
      return urls;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** A worker can take one more. */
  next(): void {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const taker = this.#choose();
      if (!taker) return;
      this.#forget(first);
      this.#give(taker, first);
    }
  }

  /** Takes no more connections; those that no worker has are closed. */
  close(): void {
    for (const leave of this.#leaves.splice(0)) leave();
    for (const server of this.#servers.splice(0)) server.close();
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) this.#drop(first);
  }

  #arrive(listener: number, socket: Socket): void {
    const taker = this.#waiting.length === 0 ? this.#choose() : undefined;
    if (taker) {
      this.#give(taker, { listener, socket });
      return;
    }
    if (this.#waiting.length >= MOST_WAITING) {
      socket.destroy();
      return;
    }
    socket.on('error', () => {});
    const waiting = { listener, socket, timer: setTimeout(() => this.#drop(waiting), WAIT_MS) };
    this.#waiting.push(waiting);
    this.#look ??= setInterval(() => this.next(), STUCK_MS);
  }

  /** @returns undefined when one that has fewer connections than all that are ready is about to be */
  #choose(): Taker | undefined {
    const now = performance.now();
    const alive = this.#takers.filter(
      ({ serving, onTheirWay, lastTook }) => serving && (onTheirWay === 0 || now - lastTook < STUCK_MS),
    );
    const fewest = fewestOf(alive);
    const ready = fewestOf(alive.filter(({ onTheirWay }) => onTheirWay < MOST_ON_THEIR_WAY));
    if (!fewest || !ready) return undefined;
    return ready.connections <= fewest.connections * FEWER ? ready : undefined;
  }

  #give(taker: Taker, { listener, socket }: Pick<Waiting, 'listener' | 'socket'>): void {
    this.#turn += 1;
    taker.turn = this.#turn;
    taker.give(listener, socket);
  }

  #drop(waiting: Waiting): void {
    this.#forget(waiting);
    waiting.socket.destroy();
  }

  #forget(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    const at = this.#waiting.indexOf(waiting);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#waiting.length > 0) return;
    clearInterval(this.#look);
    this.#look = undefined;
  }
}

/** Of several with as many connections, the one whose last is the longest ago. */
function fewestOf(takers: readonly Taker[]): Taker | undefined {
  return takers.reduce<Taker | undefined>((best, taker) => {
    if (!best || taker.connections < best.connections) return taker;
    return taker.connections === best.connections && taker.turn < best.turn ? taker : best;
  }, undefined);
}
