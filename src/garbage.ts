/** How often it is looked whether the process is quiet, in milliseconds, and how many times. */
const EVERY = 500;
const MOST_LOOKS = 120;

/** So much of the time between two looks may the process have been at work. */
const QUIET = 0.05;

/**
 * Collects what the start has left behind, and gives its memory back. V8 would keep it: a process that is idle allocates too
 * little to have a reason, and one that is busy has reasons of its own. It takes some 50 ms, for which neither the start
 * nor a request has to wait: so it is done once, when nothing was done for half a second. Only where Node.js was started with
 * --expose-gc.
 */
export function collectWhenQuiet({ gc = globalThis.gc, every = EVERY } = {}): void {
  if (!gc) return;
  let looks = 0;
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    looks += 1;
    const quiet = utilization < QUIET;
    if (quiet || looks === MOST_LOOKS) clearInterval(timer);
    if (quiet) gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, every);
  timer.unref();
}
