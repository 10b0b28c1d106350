import t from 'tap';
import { shareOf } from './measure/interval.ts';

t.test('a share of pairs has its interval, which many pairs make narrow', (t) => {
  const pairs = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => [index % 2 === 0 ? 110 : 99, index % 2 === 0 ? 100 : 100] as const,
    );
  const few = shareOf(pairs(4));
  const many = shareOf(pairs(30));
  for (const { share, low, high } of [few, many]) {
    t.ok(Math.abs(share - Math.sqrt(1.1 * 0.99)) < 1e-9);
    t.ok(low < share && share < high);
  }
  t.ok(many.high - many.low < few.high - few.low);
  // By a table, t is 2.045 with 29 degrees of freedom.
  const deviation = (Math.log(1.1 / 0.99) / 2) * Math.sqrt(30 / 29);
  t.ok(Math.abs(Math.log(many.high / many.share) - (2.045 * deviation) / Math.sqrt(30)) < 0.001);
  t.end();
});

t.test('nothing differs: the share is one, and so is its interval', (t) => {
  t.strictSame(
    shareOf([
      [5, 5],
      [7, 7],
      [9, 9],
    ]),
    { share: 1, low: 1, high: 1 },
  );
  t.end();
});
