import t from 'tap';
import { HeldBytes } from '../../src/response/held-bytes.ts';

const { signal: nobodyLeaves } = new AbortController();

t.test('documents that do not fit wait for others, in the order in which they came', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 5000 });
  const [first, second, third] = [1, 2, 3].map(() => held.begin(nobodyLeaves)) as [Held, Held, Held];
  await first.grow(60);
  await first.grow(80);
  const order: string[] = [];
  const waits = [
    second.grow(50).then(() => order.push('second')),
    third.grow(10).then(() => order.push('third')),
  ];
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.same([order, held.held], [[], 80], 'a small one does not pass by');
  first.end();
  await Promise.all(waits);
  t.same([order, held.held], [['second', 'third'], 60]);
  for (const one of [first, second, third, third]) one.end();
  t.equal(held.held, 0, 'each ends once');
});

t.test('more room lets those in who wait for it', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 5000 });
  await held.begin(nobodyLeaves).grow(100);
  const waiting = held.begin(nobodyLeaves).grow(50);
  held.use({ most: 150, wait: 5000 });
  await waiting;
  t.equal(held.held, 150);
});

type Held = ReturnType<HeldBytes['begin']>;

t.test('a wait ends: without room in time, or with the client', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 30 });
  const large = held.begin(nobodyLeaves);
  await large.grow(100);
  await t.rejects(held.begin(nobodyLeaves).grow(1), { code: 'SlowDown' });
  const leaving = new AbortController();
  const waiting = held.begin(leaving.signal).grow(1);
  leaving.abort(new Error('left'));
  await t.rejects(waiting, { message: 'left' });
  t.same(held.figures, { held: 100, most: 100, waited: 2, refused: 1 });
  large.end();
  await held.begin(nobodyLeaves).grow(100);
  t.equal(held.held, 100, 'nobody who has gone holds anything');
});
