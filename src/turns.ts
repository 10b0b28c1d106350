import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work in slices: it pauses at each `yield`, where its caller may let others have the event loop. */
export type Work<T> = Generator<undefined, T, undefined>;

/** How much of a text one slice takes, in characters: a few milliseconds for the slowest reader. */
export const SLICE = 64 * 1024;

/** Does work whose size is limited to a few slices, all in one turn of the event loop. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Does a slice of the work in each turn of the event loop. */
export async function inTurns<T>(work: Work<T>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await nextTurn();
  }
}
