import fc from 'fast-check';
import t from 'tap';
import { LineBytes } from '../src/line-bytes.ts';
import { LogLines } from '../src/log-lines.ts';

/** Takes everything out, in pieces of `limit` bytes. */
function taken(lines: LogLines, limit: number): string {
  let text = '';
  while (lines.size > 0) {
    const bytes = lines.first(limit);
    text += bytes.toString();
    lines.written(bytes.length);
  }
  return text;
}

t.test('keeps lines in order, and takes none that does not fit', async (t) => {
  const lines = new LogLines(16);
  t.ok(lines.add('one\n'));
  t.ok(lines.add('twelve byte\n'));
  t.equal(lines.size, 16);
  t.notOk(lines.add('\n'), 'not one byte more');
  t.equal(taken(lines, 100), 'one\ntwelve byte\n');
  t.notOk(lines.add(`${'x'.repeat(16)}\n`), 'never one that is longer than all of it');
});

t.test('counts bytes, not characters', async (t) => {
  const lines = new LogLines(4);
  t.notOk(lines.add('éé\n'));
  t.ok(lines.add('é\n'));
  t.equal(taken(lines, 10), 'é\n');
});

t.test('takes a line in bytes as it takes one in a string', async (t) => {
  const lines = new LogLines(8);
  const line = new LineBytes().json('ä').ascii('\n');
  t.ok(lines.add(line));
  t.notOk(lines.add(line), 'there is room for three bytes more');
  t.ok(lines.add(line.clear().ascii('ab\n')));
  line.clear().ascii('another');
  t.equal(taken(lines, 100), '"ä"\nab\n');
});

t.test('gives whole lines within the limit, and a longer one by itself', async (t) => {
  const lines = new LogLines(100);
  for (const line of ['a\n', 'b\n', 'a long line\n', 'c\n']) lines.add(line);
  const pieces: string[] = [];
  while (lines.size > 0) {
    const bytes = lines.first(5);
    pieces.push(bytes.toString());
    lines.written(bytes.length);
  }
  t.same(pieces, ['a\nb\n', 'a long line\n', 'c\n']);
});

t.test('the rest of a line that was begun stays, unless nobody has its beginning', async (t) => {
  for (const evenBegun of [false, true]) {
    const lines = new LogLines(100);
    for (const line of ['first\n', 'second\n', 'third\n']) lines.add(line);
    lines.written('first\nsec'.length);
    t.equal(lines.drop({ evenBegun }), evenBegun ? 2 : 1);
    t.equal(taken(lines, 100), evenBegun ? '' : 'ond\n');
  }
});

t.test('a buffer of another size has the same lines, in order, if they fit', async (t) => {
  const lines = new LogLines(16);
  lines.add('first\n');
  lines.add('second\n');
  lines.written('first\nsec'.length);
  t.ok(lines.add('third\n'), 'at the front again');
  t.equal(lines.resized(9), undefined);
  const [less, more] = [lines.resized(10), lines.resized(100)];
  if (!less || !more) throw new Error('they fit');
  t.equal(less.capacity, 10);
  t.notOk(less.add('\n'));
  t.ok(more.add('fourth\n'));
  t.equal(less.drop({ evenBegun: false }), 1, 'it knows of the line that was begun');
  t.equal(taken(less, 100), 'ond\n');
  t.equal(taken(more, 100), 'ond\nthird\nfourth\n');
});

t.test('nothing is lost or cut, whatever is added, taken and dropped in whatever order', async () => {
  const step = fc.oneof(
    fc.record({ add: fc.string({ maxLength: 30 }) }),
    fc.record({ take: fc.nat(40), limit: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ evenBegun: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const lines = new LogLines(64);
      let expected = Buffer.alloc(0);
      let begun = false;
      for (const each of steps) {
        if ('add' in each) {
          const line = `${each.add.replaceAll('\n', '')}\n`;
          if (lines.add(line)) expected = Buffer.concat([expected, Buffer.from(line)]);
        } else if ('take' in each) {
          const bytes = lines.first(each.limit).subarray(0, each.take);
          if (!bytes.equals(expected.subarray(0, bytes.length))) return false;
          lines.written(bytes.length);
          if (bytes.length > 0) begun = bytes.at(-1) !== 10;
          expected = expected.subarray(bytes.length);
        } else {
          const stays = begun && !each.evenBegun ? expected.indexOf(10) + 1 : 0;
          const dropped = expected.filter((byte) => byte === 10).length - (stays > 0 ? 1 : 0);
          if (lines.drop(each) !== dropped) return false;
          expected = expected.subarray(0, stays);
          if (stays === 0) begun = false;
        }
        if (lines.size !== expected.length) return false;
      }
      return true;
    }),
  );
});

t.test('the rest of a begun line alone can be taken out, at the front again too', async (t) => {
  const lines = new LogLines(16);
  lines.add('first\n');
  lines.add('second\n');
  t.notOk(lines.dropBegun());
  lines.written('first\nsec'.length);
  lines.add('third\n');
  t.ok(lines.dropBegun());
  t.notOk(lines.dropBegun());
  t.equal(taken(lines, 100), 'third\n');
});
