import type { Client } from './lab/client.ts';

/** How long nothing may come: more than any deadline of a row. On a busy machine a transfer is slow, and still goes on. */
const QUIET_MS = 20_000;
const IN_ALL_MS = 90_000;
const EVERY_MS = 250;

/** The wait of a client for its answers. When it is over, the client leaves. */
export interface Patience {
  readonly over: Promise<void>;
  readonly late: boolean;
  end(): void;
}

export function patienceOf(client: Client): Patience {
  const begin = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  let late = false;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - Math.max(begin, client.movedAt) < QUIET_MS && now - begin < IN_ALL_MS) return;
    clearInterval(timer);
    late = true;
    client.leave('reset');
    resolve();
  }, EVERY_MS);
  return {
    over: promise,
    get late() {
      return late;
    },
    end: () => clearInterval(timer),
  };
}
