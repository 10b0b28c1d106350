import t from 'tap';
import { shareOf } from './measure/interval.ts';

/** As many pairs, whose shares are 1.01, 1.02 and so on. */
const rising = (count: number): (readonly [number, number])[] =>
  Array.from({ length: count }, (_, index) => [101 + index, 100] as const);

/** Without what binary fractions have behind their digits. */
function rounded(pairs: readonly (readonly [number, number])[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(shareOf(pairs)).map(([name, value]) => [name, Number(value.toFixed(9))]),
  );
}

t.test('a share of pairs is their median, and many pairs make its interval narrow', (t) => {
  // By the tables of the sign test, the 4th and the 12th of 15, the 10th and the 21st of 30.
  t.strictSame(rounded(rising(15)), { share: 1.08, low: 1.04, high: 1.12 });
  t.strictSame(rounded(rising(30)), { share: 1.155, low: 1.1, high: 1.21 });
  // The first and the last of six lie around it in 97 % of all cases; fewer pairs are less certain.
  t.strictSame(rounded(rising(6)), { share: 1.035, low: 1.01, high: 1.06 });
  t.strictSame(rounded(rising(2)), { share: 1.015, low: 1.01, high: 1.02 });
  t.end();
});

t.test('pairs that something disturbed move nothing', (t) => {
  const pairs = rising(15);
  const disturbed = [...pairs.slice(0, 12), [9900, 100], [100, 0.1], [700, 100]] as const;
  t.strictSame(shareOf(disturbed), shareOf(pairs));
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
