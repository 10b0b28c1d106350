import fc from 'fast-check';
import t from 'tap';
import { LineBytes } from '../src/line-bytes.ts';

t.test('texts are as JSON has them', async (t) => {
  const line = new LineBytes();
  const same = (text: string): void => {
    t.equal(line.clear().ascii('{"a":').json(text).ascii('}').toString(), `{"a":${JSON.stringify(text)}}`);
  };
  for (const text of [
    '',
    'plain',
    'a "b" \\',
    '\n\0\x1f',
    '\x7f~ ',
    'ä€😀',
    '\ud800 alone',
    '\u2028',
    'x'.repeat(5000),
  ])
    same(text);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), same));
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 3000 }), same));
});

t.test('numbers are as JavaScript writes them', async (t) => {
  const line = new LineBytes();
  const same = (value: number): void => {
    t.equal(line.clear().number(value).toString(), String(value));
  };
  const tenths = Array.from({ length: 2001 }, (_, index) => index / 10);
  const edges = [99_999_999.9, 1e8, 1e9, 1e21, 2 ** 53, 0.1 + 0.2, 0.05, 1e-7, -0, -1.5, NaN, Infinity];
  for (const value of [...tenths, ...edges, 9, 10, 99, 100, 999, 1000, 123_456_789]) same(value);
  fc.assert(fc.property(fc.double(), same));
  fc.assert(fc.property(fc.integer(), same));
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (value) => same(Math.round(value) / 10)));
});

t.test('a thousandth has three digits', async (t) => {
  const line = new LineBytes();
  for (let value = 0; value < 1000; value += 1)
    t.equal(line.clear().thousandth(value).toString(), String(value).padStart(3, '0'));
});

t.test('the next line has the same bytes, and nothing of the one before', async (t) => {
  const line = new LineBytes();
  line.json('long '.repeat(1000));
  t.equal(line.clear().ascii('short').toString(), 'short');
  t.equal(line.length, 5);
  const target = Buffer.alloc(7, '-');
  line.copyTo(target, 1);
  t.equal(target.toString(), '-short-');
});
