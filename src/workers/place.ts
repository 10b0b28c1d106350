import type { Socket } from 'node:net';
import type { Figures } from '../admin/figures.ts';
import type { Logger } from '../log.ts';
import type { MasterCalls } from './calls.ts';
import { NOT_STARTED, startWorker, type WorkerProcess } from './worker-process.ts';

/** All in milliseconds. */
const TIMES = {
  /** Until a new worker serves; then it is ended. */
  start: 60_000,
  /** One that served for so long is replaced at once. The others wait, from the first time to the longest, doubling. */
  steady: 60_000,
  firstWait: 1000,
  longestWait: 60_000,
  /** How often a worker is asked whether it still answers. */
  ask: 5000,
  /** For an answer that somebody waits for, and for that of a worker that gave none the last time. */
  soon: 1000,
  again: 50,
} as const;

/** A worker that has not answered so often is ended. */
const MOST_SILENT = 6;

/** What a place needs of the master. */
export interface PlaceKeeper {
  readonly log: Logger;
  /** What this place's worker may call; its own part of it is added. */
  calls(place: Place): Omit<MasterCalls, 'serving' | 'took' | 'closed' | 'leaving' | 'farewell'>;
  /** It serves, or can take one more connection. */
  free(): void;
  /** Its worker has ended; these were its last figures. */
  ended(last: Figures): void;
}

/** A numbered place for a worker: it has one process at a time, and another one when that has ended. */
export class Place {
  readonly number: number;
  /** Resolves when its first worker serves, or has ended. */
  readonly begun: Promise<void>;
  /** Open connections, those on their way included, and how many are. */
  connections = 0;
  onTheirWay = 0;
  lastTook = 0;
  /** When it got a connection last, in the order of all. */
  turn = 0;
  serving = false;
  /** It serves, and did not answer when it was asked last. */
  silent = false;
  /** Of the config that its worker serves by; empty before it was told to. */
  digest = '';
  /** What its worker told last. */
  figures: Figures = [];
  /** Why it does not serve. */
  cause = 'it starts';
  /** How many of its workers ended without being told to. */
  ends = 0;
  readonly #keeper: PlaceKeeper;
  readonly #done: Promise<void>;
  #worker: WorkerProcess | undefined;
  #begin: () => void = () => {};
  #wake: () => void = () => {};
  #stopping = false;
  #replacing = false;
  #servedSince: number | undefined;

  constructor(number: number, keeper: PlaceKeeper) {
    this.number = number;
    this.#keeper = keeper;
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    this.#done = this.#keep();
  }

  /** The channel to the worker that is there. */
  get channel(): WorkerProcess['channel'] | undefined {
    return this.#worker?.channel;
  }

  /**
   * Asks its worker with these calls, and keeps in mind whether it answers. One that did not is not waited for long: who asks
   * for `/readyz` waits for it.
   * @param most in milliseconds, for one that answered last time
   */
  async ask<T>(
    asking: (channel: WorkerProcess['channel'], most: number) => Promise<T | undefined>,
    most: number = TIMES.soon,
  ): Promise<T | undefined> {
    const { channel } = this;
    if (!channel) return undefined;
    const answer = await asking(channel, this.silent ? Math.min(TIMES.again, most) : most);
    if (channel === this.channel) this.silent = answer === undefined;
    return answer;
  }

  give(listener: number, socket: Socket): void {
    if (this.onTheirWay === 0) this.lastTook = performance.now();
    this.connections += 1;
    this.onTheirWay += 1;
    this.#worker?.channel.tell('connection', { listener }, socket);
  }

  /** Has its worker finish what it has, and starts another one. */
  replace(cause: string): void {
    this.cause = cause;
    this.#replacing = true;
    this.serving = false;
    this.#worker?.channel.tell('drain', {});
  }

  /** Does not wait any longer to start another worker. */
  hurry(): void {
    this.#wake();
  }

  /** Has its worker finish, for so many milliseconds at most, and starts no other one. */
  async stop(most: number): Promise<void> {
    this.#stopping = true;
    this.serving = false;
    this.#wake();
    this.#worker?.channel.tell('drain', {});
    const late = setTimeout(() => this.kill(), most);
    await this.#done;
    clearTimeout(late);
  }

  kill(): void {
    this.#worker?.kill();
  }

  async #keep(): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      const { pid, how } = await this.#run();
      if (this.#stopping) return;
      if (this.#replacing) {
        this.#replacing = false;
        failures = 0;
        continue;
      }
      this.ends += 1;
      const lived = this.#servedSince === undefined ? 0 : performance.now() - this.#servedSince;
      failures = lived >= TIMES.steady ? 0 : failures + 1;
      const wait = failures === 0 ? 0 : Math.min(TIMES.firstWait * 2 ** (failures - 1), TIMES.longestWait);
      this.cause = how;
      this.#keeper.log.error(
        { number: this.number, pid, cause: how, waits: wait },
        'a worker has ended; another one is started',
      );
      await this.#pause(wait);
    }
  }

  /** From the start of a worker to its end. */
  async #run(): Promise<{ pid: number | undefined; how: string }> {
    this.#servedSince = undefined;
    const worker = this.#start();
    if (typeof worker === 'string') {
      this.#begin();
      return { pid: undefined, how: worker };
    }
    this.#worker = worker;
    const late = setTimeout(() => {
      if (this.#servedSince === undefined) worker.kill();
    }, TIMES.start);
    const asking = this.#askAgainAndAgain(worker);
    const how = await worker.ended;
    clearInterval(asking);
    clearTimeout(late);
    this.#worker = undefined;
    this.serving = this.silent = false;
    this.digest = '';
    this.connections = this.onTheirWay = 0;
    this.#keeper.ended(this.figures);
    this.figures = [];
    this.#begin();
    return { pid: worker.pid, how };
  }

  /** @returns why it could not be started, which the master has to outlive */
  #start(): WorkerProcess | string {
    try {
      return startWorker(this.number, this.#calls());
    } catch (error) {
      return `${NOT_STARTED}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #askAgainAndAgain(worker: WorkerProcess): NodeJS.Timeout {
    let silent = 0;
    const ask = async (): Promise<void> => {
      if (!this.serving) return;
      const answer = await worker.channel.ask('health', {}, TIMES.ask);
      if (worker !== this.#worker) return;
      this.silent = answer === undefined;
      silent = answer ? 0 : silent + 1;
      if (silent < MOST_SILENT) return;
      const about = { number: this.number, pid: worker.pid };
      this.#keeper.log.error(about, 'a worker no longer answers; it is ended');
      worker.kill();
    };
    return setInterval(() => void ask(), TIMES.ask);
  }

  #calls(): MasterCalls {
    return {
      ...this.#keeper.calls(this),
      serving: () => {
        this.serving = !this.#stopping;
        this.#servedSince = performance.now();
        this.#keeper.log.info({ number: this.number, pid: this.#worker?.pid }, 'a worker serves');
        this.#begin();
        this.#keeper.free();
        return undefined;
      },
      took: () => {
        this.onTheirWay -= 1;
        this.lastTook = performance.now();
        this.#keeper.free();
        return undefined;
      },
      closed: ({ count }) => {
        this.connections -= count;
        return undefined;
      },
      leaving: () => {
        this.serving = false;
        return {};
      },
      farewell: ({ figures }) => {
        this.figures = figures;
        return {};
      },
    };
  }

  async #pause(wait: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }
}
