/** Those that wait for the first turn, and those that have seen it. */
let entered: (() => void)[] = [];
let waiting: (() => void)[] = [];

/**
 * Resolves when all that had arrived was read. A turn of the loop that began before may have no reads left in it; there
 * are some between two.
 */
export function socketsRead(): Promise<void> {
  return new Promise((resolve) => {
    entered.push(resolve);
    if (entered.length === 1 && waiting.length === 0) setImmediate(turn);
  });
}

function turn(): void {
  const done = waiting;
  waiting = entered;
  entered = [];
  if (waiting.length > 0) setImmediate(turn);
  for (const resolve of done) resolve();
}
