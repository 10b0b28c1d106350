import t from 'tap';
import {
  addMinutes,
  COLUMNS,
  MINUTES,
  Minutes,
  sumOf,
  timeBelow,
  valueIn,
} from '../../src/status/minutes.ts';

const MINUTE_MS = 60_000;
const NOW = 30_000_000 * MINUTE_MS;

/** Minutes in each of which so many requests came; undefined is a minute in which nothing was asked. */
function minutesOf(counts: readonly (number | undefined)[]): Minutes {
  const minutes = new Minutes();
  for (const [index, count] of counts.entries()) {
    const now = NOW + index * MINUTE_MS;
    if (count === undefined) continue;
    if (minutes.isOver(now)) minutes.turn(now);
    minutes.add('requests', count);
  }
  return minutes;
}

const requestsIn = (minutes: Minutes): number[] => minutes.rows().rows.map((row) => valueIn(row, 'requests'));

t.test('counts minute by minute, and a quiet minute is a row of nothing', async (t) => {
  t.strictSame(requestsIn(new Minutes()), []);
  const minutes = minutesOf([3, undefined, undefined, 5]);
  t.strictSame(requestsIn(minutes), [3, 0, 0, 5]);
  t.equal(minutes.rows().last, 30_000_003);
});

t.test('keeps six hours, and overwrites what is older', async (t) => {
  const counts = Array.from({ length: MINUTES + 10 }, (_, index) => index + 1);
  const kept = requestsIn(minutesOf(counts));
  t.equal(kept.length, MINUTES);
  t.strictSame([kept[0], kept.at(-1)], [11, MINUTES + 10]);
  const quiet = [7, ...Array.from({ length: 2 * MINUTES }, () => undefined), 9];
  t.equal(
    requestsIn(minutesOf(quiet)).reduce((sum, count) => sum + count, 0),
    9,
    'longer than it remembers',
  );
});

t.test('a clock that was ahead by days does not stop the minutes when it is set right', async (t) => {
  const minutes = minutesOf([1]);
  const ahead = NOW + 10_000 * MINUTE_MS;
  t.ok(minutes.isOver(ahead));
  minutes.turn(ahead);
  minutes.add('requests', 4);
  t.notOk(minutes.isOver(ahead - 2 * MINUTE_MS), 'a small step goes on in the minute that runs');
  t.ok(minutes.isOver(NOW));
  minutes.turn(NOW);
  minutes.add('requests', 2);
  t.strictSame(minutes.rows().last, NOW / MINUTE_MS);
  t.strictSame(requestsIn(minutes), [2]);
});

t.test('adds up the last minutes, the one that runs included', async (t) => {
  const { rows, last } = minutesOf([1, 2, 4, 8]).rows();
  const now = NOW + 3 * MINUTE_MS + 1;
  t.equal(sumOf({ rows, last }, 2, now).requests, 12);
  t.equal(sumOf({ rows, last }, 60, now).requests, 15);
  t.equal(sumOf({ rows, last }, 2, now + 5 * MINUTE_MS).requests, 0, 'what is past is past');
});

t.test('says below which time a share of the requests stayed', async (t) => {
  const minutes = minutesOf([0]);
  t.equal(timeBelow(minutes.rows().rows[0] ?? [], 0.95), 0, 'no request');
  for (const ms of [0.2, 3, 3, 3, 3, 3, 3, 3, 3, 900]) minutes.took(ms);
  minutes.took(1e9);
  const [row = []] = minutes.rows().rows;
  t.equal(timeBelow(row, 0.5), 4);
  t.equal(timeBelow(row, 0.9), 1024);
  t.equal(row.length - COLUMNS.length, 18, 'the longest has its place too');
});

t.test(
  'several processes are added up by minute; of the time that they work, the busiest counts',
  async (t) => {
    const [one, other] = [minutesOf([1, 2, 4]), minutesOf([undefined, undefined, 10, 20])];
    one.set('busy', 0.5);
    other.set('busy', 0.2);
    const sum = addMinutes([one.rows(), other.rows(), new Minutes().rows()]);
    t.strictSame(
      sum.rows.map((row) => valueIn(row, 'requests')),
      [1, 2, 14, 20],
    );
    t.strictSame(
      sum.rows.map((row) => valueIn(row, 'busy')),
      [0, 0, 0.5, 0.2],
    );
    t.strictSame(addMinutes([]), { last: 0, rows: [] });
  },
);
