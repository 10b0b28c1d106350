import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { collectWhenQuiet } from '../src/garbage.ts';

/** Stands in for V8's. */
function counted(): { readonly gc: NonNullable<typeof globalThis.gc>; readonly count: () => number } {
  let count = 0;
  const gc = async (): Promise<void> => {
    count += 1;
  };
  return { gc, count: () => count };
}

/** Keeps this process at work, without a rest, until the condition holds. */
async function busyUntil(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve));
}

t.test('what the start left behind is collected once, when nothing happens', async (t) => {
  const { gc, count } = counted();
  collectWhenQuiet({ gc, every: 5 });
  t.equal(count(), 0, 'the start goes on first');
  while (count() === 0) await pause(5);
  await pause(50);
  t.equal(count(), 1);
});

t.test('it waits while the process is at work', async (t) => {
  const { gc, count } = counted();
  collectWhenQuiet({ gc, every: 20 });
  const end = performance.now() + 200;
  await busyUntil(() => performance.now() > end);
  t.equal(count(), 0);
  while (count() === 0) await pause(5);
  t.equal(count(), 1);
});

t.test('without the flag of Node nothing happens', (t) => {
  collectWhenQuiet({ gc: undefined });
  t.end();
});
