import t from 'tap';
import { HeldBytes } from '../../src/response/held-bytes.ts';

const { signal } = new AbortController();
let clients = 0;
/** Somebody else each time, who stays. */
const anybody = () => {
  clients += 1;
  return { client: `client ${clients}`, signal };
};

t.test('documents that do not fit wait for others, in the order in which they came', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 5000 });
  const [first, second, third] = [1, 2, 3].map(() => held.begin(anybody())) as [Held, Held, Held];
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
  await held.begin(anybody()).grow(100);
  const waiting = held.begin(anybody()).grow(50);
  held.use({ most: 150, wait: 5000 });
  await waiting;
  t.equal(held.held, 150);
});

type Held = ReturnType<HeldBytes['begin']>;

t.test('a wait ends: without room in time, or with the client', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 30 });
  const large = held.begin(anybody());
  await large.grow(100);
  await t.rejects(held.begin(anybody()).grow(1), { code: 'SlowDown' });
  const leaving = new AbortController();
  const waiting = held.begin({ ...anybody(), signal: leaving.signal }).grow(1);
  leaving.abort(new Error('left'));
  await t.rejects(waiting, { message: 'left' });
  t.same(held.figures, { held: 100, most: 100, waited: 2, refused: 1, gaveWay: 0 });
  large.end();
  await held.begin(anybody()).grow(100);
  t.equal(held.held, 100, 'nobody who has gone holds anything');
});

t.test('one client has half of the room, and keeps nobody else from the rest', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 5000 });
  const own = [1, 2, 3].map(() => held.begin({ client: 'one', signal })) as [Held, Held, Held];
  await own[0].grow(30);
  await own[1].grow(20);
  let more = false;
  const waits = own[2].grow(10).then(() => {
    more = true;
  });
  const others = [1, 2].map(() => held.begin({ client: 'other', signal }));
  for (const one of others) await one.grow(25);
  t.notOk(more, 'who waits for its own share is passed by');
  t.equal(held.held, 100);
  own[1].end();
  await waits;
  t.equal(held.held, 90);
  for (const one of [...own, ...others]) one.end();
  t.equal(held.held, 0);
});

t.test(
  'a document that is larger than half of the room has room, and the oldest may always grow',
  async (t) => {
    const held = new HeldBytes({ most: 100, wait: 5000 });
    const large = held.begin({ client: 'one', signal });
    await large.grow(80);
    await large.grow(90);
    const later = held.begin({ client: 'one', signal });
    const waits = later.grow(5);
    large.end();
    await waits;
    t.equal(held.held, 5);
  },
);

t.test(
  'while others wait, a document that comes slowly gives way, of the client that has most',
  async (t) => {
    const held = new HeldBytes({ most: 100, wait: 2000 });
    const left: string[] = [];
    const slow = (client: string, name: string): Held => {
      const holding = held.begin({
        client,
        signal,
        giveWay: () => {
          left.push(name);
          holding.end();
          return true;
        },
      });
      return holding;
    };
    await slow('small', 'small').grow(10);
    await slow('large', 'first').grow(20);
    await slow('large', 'second').grow(30);
    await held.begin({ client: 'third', signal, giveWay: () => false }).grow(40);
    await new Promise((resolve) => setTimeout(resolve, 200));
    t.same(left, [], 'as long as nobody waits');
    await held.begin(anybody()).grow(15);
    t.same(left, ['first']);
    t.match(held.figures, { held: 95, waited: 1, refused: 0, gaveWay: 1 });
  },
);

t.test('who waits for its own share takes nothing from others', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 200 });
  let asked = 0;
  const giveWay = (): boolean => {
    asked += 1;
    return true;
  };
  await held.begin({ client: 'slow', signal, giveWay }).grow(10);
  await held.begin({ client: 'greedy', signal }).grow(50);
  await t.rejects(held.begin({ client: 'greedy', signal }).grow(10), { code: 'SlowDown' });
  t.equal(asked, 0);
});

t.test('a document that ends while it waits for more room holds none of it', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 5000 });
  const [large, late] = [held.begin(anybody()), held.begin(anybody())];
  await late.grow(20);
  await large.grow(80);
  const waiting = late.grow(60);
  late.end();
  large.end();
  await waiting;
  t.equal(held.held, 0);
  const next = held.begin(anybody());
  await next.grow(100);
  next.end();
  t.equal(held.held, 0);
});

t.test('documents that are counted together give back all that they waited for', async (t) => {
  const held = new HeldBytes({ most: 100, wait: 5000 });
  const [large, several] = [held.begin(anybody()), held.begin(anybody())];
  await large.grow(80);
  const waiting = [several.grow(40), several.grow(30)];
  large.end();
  await Promise.all(waiting);
  several.end();
  t.equal(held.held, 0);
});
