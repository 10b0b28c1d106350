import type { StoreHealth } from './stores/health.ts';

/** Fetches keys again that others may replace, and sooner the ones that are unavailable. */
export interface Refresher {
  /** Call it after each load of the keys. `every`: milliseconds to the next load if all succeeded; undefined means never. */
  arm(every: number | undefined): void;
  stop(): void;
}

interface Refreshing {
  readonly health: Pick<StoreHealth, 'trouble' | 'asksOthers'>;
  /** Loads the keys again; a call of `arm` follows. */
  readonly request: () => void;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Between the first two tries, in milliseconds; each further wait is twice as long. */
  readonly firstWait?: number;
}

const FIRST_WAIT_MS = 1000;
/** The longest wait: a store that comes back must not meet a crowd, and keys must not stay missing for longer. */
const LONGEST_WAIT_MS = 60_000;

export function refreshKeys({ health, request, random, firstWait = FIRST_WAIT_MS }: Refreshing): Refresher {
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let stopped = false;
  const next = (every: number | undefined): number | undefined => {
    if (health.trouble() === undefined) return health.asksOthers() ? every : undefined;
    const wait = Math.min(firstWait * 2 ** (failures - 1), LONGEST_WAIT_MS);
    // Replicas that failed at the same time must not retry at the same time.
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
