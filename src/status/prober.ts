import { Leaving } from '../leaving.ts';
import type { Connections } from '../upstream/connections.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { UpstreamError, type UpstreamFault } from '../upstream/upstream-error.ts';
import type { Observer } from './observer.ts';

interface Probed {
  readonly upstreams: () => readonly Upstream[];
  readonly connections: () => Pick<Connections, 'of'>;
  readonly observer: Pick<Observer, 'look' | 'lastNews'>;
  readonly now?: () => number;
}

/** So often in its time is looked whether nothing was heard of a store for that time: a quarter of it later at most. */
const LOOKS = 4;

/** The store was not connected to. One that is left alone for a moment is looked at as soon as that is over. */
const UNTRIED: ReadonlySet<UpstreamFault> = new Set<UpstreamFault>(['client-left', 'busy', 'outage']);

/**
 * Connects to the stores of which no request tells anything, TLS included, and sends nothing. The connection counts in the
 * limits of the store, and a store that is left alone for a moment is left alone by this too.
 */
export class Prober {
  readonly #probed: Required<Probed>;
  /** Stores that are being connected to. */
  readonly #looking = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #every: number | undefined;
  #leaving = new Leaving();

  constructor({ now = Date.now, ...probed }: Probed) {
    this.#probed = { now, ...probed };
  }

  /** @param every in milliseconds; undefined for never */
  use(every: number | undefined): void {
    if (every === this.#every) return;
    this.stop();
    this.#every = every;
    this.#leaving = new Leaving();
    if (every !== undefined)
      this.#timer = setInterval(() => void this.look(every), Math.ceil(every / LOOKS)).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#leaving.abort();
    this.#every = undefined;
  }

  /** Looks at every store of which nothing was heard for so long. */
  async look(every: number): Promise<void> {
    const { upstreams, observer, now } = this.#probed;
    const quiet = upstreams().filter(({ name }) => now() - observer.lastNews(name) >= every);
    await Promise.all(quiet.map((upstream) => this.#lookOnce(upstream)));
  }

  async #lookOnce(upstream: Upstream): Promise<void> {
    const { name } = upstream;
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    try {
      await this.#lookAt(upstream);
    } finally {
      this.#looking.delete(name);
    }
  }

  async #lookAt(upstream: Upstream): Promise<void> {
    const { connections, observer } = this.#probed;
    const pool = connections().of(upstream);
    const { open, most, waiting } = pool.figures;
    // Requests come first.
    if (waiting > 0 || open >= most) return;
    try {
      const needs = { upstream, host: upstream.hostname, fresh: true, writes: false, signal: this.#leaving };
      const connection = await pool.take(needs);
      connection.destroy();
      observer.look(upstream.name, undefined);
    } catch (error) {
      const { fault, message } = UpstreamError.from(error);
      if (!UNTRIED.has(fault)) observer.look(upstream.name, message);
    }
  }
}
