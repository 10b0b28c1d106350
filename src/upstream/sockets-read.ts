/** All who ask in one turn of the loop wait for the same. */
interface Turn {
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** Those who wait for the first turn, and those who have seen it. */
let entered: Turn | undefined;
let waiting: Turn | undefined;

/**
 * Resolves when all that had arrived was read. A turn of the loop that began before may have no reads left in it; there
 * are some between two.
 */
export function socketsRead(): Promise<void> {
  if (!entered) {
    const { promise, resolve } = Promise.withResolvers<void>();
    entered = { over: promise, end: resolve };
    if (!waiting) setImmediate(turn);
  }
  return entered.over;
}

function turn(): void {
  const done = waiting;
  waiting = entered;
  entered = undefined;
  if (waiting) setImmediate(turn);
  done?.end();
}
