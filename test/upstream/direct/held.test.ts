import t from 'tap';
import { Held } from '../../../src/upstream/direct/held.ts';

t.test('gives back all that it holds as one piece, in its order, and holds nothing then', (t) => {
  const held = new Held(false);
  t.equal(held.take(), undefined);
  held.addText('10\r\n');
  held.add(Buffer.from('hello '));
  held.add(Buffer.from('you'));
  t.equal(held.size, 13);
  t.equal(held.take()?.toString(), '10\r\nhello you');
  t.equal(held.size, 0);
  t.equal(held.take(), undefined);
  t.end();
});

t.test('what was given back is used again, and holds the next ones only', (t) => {
  const gathered = (held: Held, letter: string, bytes: number): Buffer => {
    for (let index = 0; index < 2; index += 1) held.add(Buffer.alloc(bytes, letter));
    return held.take() as Buffer;
  };
  for (const bytes of [8192, 60_000, 130_000]) {
    const held = new Held(true);
    const first = gathered(held, 'a', bytes);
    const second = gathered(held, 'b', bytes);
    t.not(first.buffer, second.buffer, 'not while the first is in use');
    t.equal(first.toString(), 'a'.repeat(2 * bytes));
    held.giveBack(first);
    const third = gathered(new Held(true), 'c', bytes - 1);
    t.equal(third.buffer, first.buffer);
    t.equal(third.toString(), 'c'.repeat(2 * bytes - 2));
    t.equal(second.toString(), 'b'.repeat(2 * bytes));
    held.giveBack(second);
    held.giveBack(third);
  }
  t.end();
});

t.test('what comes back twice, or is not its own, is used by nobody else', (t) => {
  const held = new Held(false);
  for (const bytes of [100 * 1024, 260 * 1024]) held.giveBack(Buffer.alloc(bytes, 'x'));
  const taken = (): Buffer => {
    for (const letter of ['a', 'b']) held.add(Buffer.alloc(8192, letter));
    return held.take() as Buffer;
  };
  const first = taken();
  held.giveBack(first);
  held.giveBack(first);
  const [second, third] = [taken(), taken()];
  t.not(second.buffer, third.buffer);
  t.equal(second.toString(), 'a'.repeat(8192) + 'b'.repeat(8192));
  t.end();
});

t.test('no more than a few are kept', (t) => {
  const held = new Held(true);
  const taken = Array.from({ length: 20 }, () => {
    for (const letter of ['a', 'b']) held.add(Buffer.alloc(8192, letter));
    return held.take() as Buffer;
  });
  for (const piece of taken) held.giveBack(piece);
  const kept = taken.filter(({ buffer }) => buffer.byteLength > 0);
  t.ok(kept.length > 0 && kept.length <= 8, `${kept.length}`);
  t.end();
});

t.test('a single piece is not copied', (t) => {
  const held = new Held(true);
  const piece = Buffer.allocUnsafeSlow(16 * 1024);
  held.add(piece);
  t.equal(held.take(), piece);
  t.equal(piece.length, 16 * 1024);
  t.end();
});

t.test("frees the memory of what it copied, where that is nobody else's", (t) => {
  for (const frees of [true, false]) {
    const held = new Held(frees);
    const pieces = ['a', 'b'].map((letter) => Buffer.alloc(8192, letter));
    const part = Buffer.alloc(8192, 'c').subarray(1);
    for (const piece of [...pieces, part]) held.add(piece);
    t.equal(held.take()?.toString(), 'a'.repeat(8192) + 'b'.repeat(8192) + 'c'.repeat(8191));
    t.strictSame(
      pieces.map(({ length }) => length),
      frees ? [0, 0] : [8192, 8192],
    );
    t.equal(part.length, 8191, 'a part of a larger buffer stays');
  }
  t.end();
});

t.test('thousands of small pieces are put together in their order', (t) => {
  const held = new Held(true);
  let all = '';
  for (let index = 0; index < 3000; index += 1) {
    const piece = String(index % 10);
    all += piece;
    held.add(Buffer.from(piece));
  }
  t.equal(held.size, 3000);
  t.equal(held.take()?.toString(), all);
  t.end();
});
