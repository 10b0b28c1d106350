import type { Connection } from './connection.ts';
import { Deadline } from './deadline.ts';
import type { Needs } from './needs.ts';
import type { PoolEvents } from './pool-events.ts';
import type { Upstream } from './upstream.ts';
import { clientLeft, UpstreamError } from './upstream-error.ts';

interface Waiter {
  readonly lane: string;
  readonly needs: Needs;
  /** With a connection that another request gave back, or with room for a new one. */
  readonly go: (connection: Connection | undefined) => void;
  readonly fail: (error: UpstreamError) => void;
}

/** The requests that wait for a connection: not more than may, not for longer than they may, in the order in which they came. */
export class WaitingLine {
  /** The first is the next. */
  readonly waiters: Waiter[] = [];
  readonly #events: PoolEvents;

  constructor(events: PoolEvents) {
    this.#events = events;
  }

  /**
   * @returns a connection that another request gave back; undefined when there is room for a new one
   * @throws UpstreamError busy; client-left when the signal is aborted
   */
  wait(lane: string, needs: Needs, { queue, wait }: Upstream['limits']): Promise<Connection | undefined> {
    if (this.waiters.length >= queue) {
      this.#events.refused('queue');
      throw busy('all connections to the store are in use, and as many requests as may wait for one do');
    }
    this.#events.waited?.();
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#note(needs, performance.now() - since);
        deadline.end();
        needs.signal.removeEventListener('abort', leave);
        const at = this.waiters.indexOf(waiter);
        if (at >= 0) this.waiters.splice(at, 1);
      };
      const fail = (error: UpstreamError): void => {
        settle();
        reject(error);
      };
      const go = (connection: Connection | undefined): void => {
        settle();
        resolve(connection);
      };
      const waiter: Waiter = { lane, needs, go, fail };
      const leave = (): void => fail(clientLeft());
      const deadline = new Deadline(() => {
        this.#events.refused('wait');
        fail(busy('all connections to the store were in use for too long'));
      });
      deadline.begin(wait);
      needs.signal.addEventListener('abort', leave, { once: true });
      this.waiters.push(waiter);
    });
  }

  #note({ tally }: Needs, waited: number): void {
    if (tally) tally.waitedMs = (tally.waitedMs ?? 0) + waited;
    this.#events.waitedFor?.(waited / 1000);
  }
}

function busy(why: string): UpstreamError {
  return new UpstreamError('busy', why);
}
