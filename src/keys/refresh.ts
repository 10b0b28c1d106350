import type { StoreHealth } from './stores/health.ts';

/** Asks again for keys that others may turn over, and sooner for those that are not to be had. */
export interface Refresher {
  /** To be called after each reading of the keys. `every`: milliseconds to the next when all is well; undefined is never. */
  arm(every: number | undefined): void;
  stop(): void;
}

interface Refreshing {
  readonly health: Pick<StoreHealth, 'trouble' | 'asksOthers'>;
  /** Reads them again; `arm` follows. */
  readonly request: () => void;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Between the first two tries, in milliseconds; each further wait is twice as long. */
  readonly firstWait?: number;
}

const FIRST_WAIT_MS = 1000;
/** A store that is down must not come up to a crowd, and nobody wants to wait for longer once it is up. */
const LONGEST_WAIT_MS = 60_000;

export function refreshKeys({ health, request, random, firstWait = FIRST_WAIT_MS }: Refreshing): Refresher {
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let stopped = false;
  const next = (every: number | undefined): number | undefined => {
    if (health.trouble() === undefined) return health.asksOthers() ? every : undefined;
    const wait = Math.min(firstWait * 2 ** (failures - 1), LONGEST_WAIT_MS);
    // Replicas that failed together do not come back together.
    return Math.min(wait * (0.5 + random() / 2), every ?? Number.POSITIVE_INFINITY);
  };
  return {
    arm: (every) => {
      clearTimeout(timer);
      failures = health.trouble() === undefined ? 0 : failures + 1;
      const wait = stopped ? undefined : next(every);
      if (wait !== undefined) timer = setTimeout(request, wait).unref();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
