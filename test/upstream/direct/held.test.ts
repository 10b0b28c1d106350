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
  held.add(Buffer.from('dropped'));
  held.drop();
  t.equal(held.take(), undefined);
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
