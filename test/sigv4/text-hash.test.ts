import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { hashOfText, writeText } from '../../src/sigv4/text-hash.ts';

const byNode = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

function hashOf(pieces: readonly string[]): string {
  writeText('', 0);
  for (const piece of pieces) writeText(piece);
  return hashOfText();
}

t.test('hashes pieces as Node hashes the text of them', async () => {
  const bytes = fc.string({ unit: fc.integer({ max: 255 }).map((byte) => String.fromCharCode(byte)) });
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 8 }), (pieces) => hashOf(pieces) === byNode(pieces.join(''))),
    { numRuns: 500 },
  );
});

t.test('a text may be of any length, and the next one is another', async (t) => {
  for (const length of [4095, 4096, 4097, 5000, 100_000, 3, 0, 4096]) {
    const pieces = ['a'.repeat(length), 'b', 'c'.repeat(length)];
    t.equal(hashOf(pieces), byNode(pieces.join('')), `${length}`);
  }
});

t.test('what was begun and not ended is in no later text', async (t) => {
  writeText('begun', 0);
  writeText('and left');
  writeText('first', 0);
  writeText(' second');
  t.equal(hashOfText(), byNode('first second'));
});
