import t from 'tap';
import { inWords, parseDuration } from '../../src/config/duration.ts';

t.test('a duration is a number with a unit, from a millisecond to a day', async (t) => {
  t.equal(parseDuration('500ms'), 500);
  t.equal(parseDuration('5m'), 300_000);
  t.equal(parseDuration('24h'), 86_400_000);
  for (const text of ['', '5', '0s', '25h', '1.5s', '-1s', '5 s', '5M'])
    t.equal(parseDuration(text), undefined, text);
});

t.test('defaults are written in the largest unit that stays a plain number', async (t) => {
  for (const text of ['250ms', '60s', '75s', '120s', '5m', '1h', '24h'])
    t.equal(inWords(parseDuration(text) ?? Number.NaN), text);
});
