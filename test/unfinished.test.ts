import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { Unfinished } from '../src/unfinished.ts';

t.test('waits for all that is under way, however it ends', async (t) => {
  const unfinished = new Unfinished();
  const ended: string[] = [];
  unfinished.add(pause(10).then(() => ended.push('one')));
  const failing = pause(20).then(() => {
    ended.push('other');
    throw new Error('failed');
  });
  unfinished.add(failing);
  await Promise.all([t.rejects(failing), unfinished.settled(60_000)]);
  t.same(ended, ['one', 'other']);
});

t.test('waits no longer than it was told', async (t) => {
  const unfinished = new Unfinished();
  unfinished.add(new Promise(() => {}));
  await unfinished.settled(10);
  t.pass();
});

t.test('does not wait for what is over', async (t) => {
  const unfinished = new Unfinished();
  await unfinished.settled(60_000);
  const work = Promise.resolve();
  unfinished.add(work);
  await work;
  await unfinished.settled(60_000);
  t.pass();
});
