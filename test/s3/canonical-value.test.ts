import fc from 'fast-check';
import t from 'tap';
import { type CanonicalForm, canonicalOdd, ODD } from '../../src/s3/canonical-value.ts';

const canonicalValue = (value: string, form: CanonicalForm): string | undefined =>
  ODD.test(value) ? canonicalOdd(value, form) : value;
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** Value → what is hashed of it by Ceph 16.2.15 (`first`), MinIO and SeaweedFS (`unicode`) and versitygw (`spaces`). */
const SEEN: readonly (readonly [value: string, Partial<Record<CanonicalForm, string>>])[] = [
  ['a  b', { first: 'a b', unicode: 'a b', spaces: 'a b', blanks: 'a b', unseen: 'a b', untouched: 'a  b' }],
  ['"a  b"', { first: '"a b"', unicode: '"a b"', spaces: '"a b"', unseen: '"a b"' }],
  ['a\tb', { first: 'a\tb', unicode: 'a b', spaces: 'a\tb', blanks: 'a b' }],
  ['a\t\tb', { first: 'a\tb', unicode: 'a b', spaces: 'a\t\tb', blanks: 'a b' }],
  ['a \tb', { first: 'a b', unicode: 'a b', spaces: 'a \tb', blanks: 'a b' }],
  ['a\t b', { first: 'a\tb', unicode: 'a b', spaces: 'a\t b', blanks: 'a b' }],
  ['a\u00A0b', { first: 'a\u00A0b', unicode: 'a\u00A0b', spaces: 'a\u00A0b', unseen: 'a\u00A0b' }],
  ['a\u0085', { first: 'a\u0085', unicode: 'a\u0085', spaces: 'a\u0085', unseen: 'a\u0085' }],
];

/** Unicode's White_Space above ASCII. */
const WIDE = [0x85, 0xa0, 0x1680, ...range(0x2000, 0x200a), 0x2028, 0x2029, 0x202f, 0x205f, 0x3000];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

t.test('writes a value as each store was seen to write it', (t) => {
  for (const [value, forms] of SEEN)
    for (const [form, expected] of Object.entries(forms))
      t.equal(canonicalValue(value, form as CanonicalForm), expected, `${JSON.stringify(value)} ${form}`);
  t.end();
});

t.test('folds every white space of Unicode where the store does, and nothing else', (t) => {
  for (let code = 0x80; code < 0x10000; code += 1) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const letter = String.fromCharCode(code);
    const value = utf8(`a${letter} ${letter}b${letter}`);
    const folded = WIDE.includes(code) ? 'a b' : value;
    if (canonicalValue(value, 'unicode') !== folded) t.fail(`unicode: U+${code.toString(16)}`);
    if (canonicalValue(value, 'first') !== value) t.fail(`first: U+${code.toString(16)}`);
    const open = WIDE.includes(code) ? undefined : value;
    if (canonicalValue(value, 'unseen') !== open) t.fail(`unseen: U+${code.toString(16)}`);
  }
  t.end();
});

t.test('loses white space of Unicode at the ends where the store does', (t) => {
  const value = utf8('\u00A0\u3000a\u00A0b\u2003');
  for (const [form, expected] of [
    ['untouched', utf8('a\u00A0b')],
    ['spaces', utf8('a\u00A0b')],
    ['unicode', 'a b'],
    ['first', value],
    ['blanks', value],
    ['unseen', undefined],
  ] as const)
    t.equal(canonicalValue(value, form), expected, form);
  t.equal(canonicalValue(utf8('\u3000'), 'untouched'), '');
  t.end();
});

t.test('leaves nothing open in what has single spaces and no other white space', (t) => {
  const words = fc.array(fc.stringMatching(/^[!-~]+$/), { minLength: 1 }).map((all) => all.join(' '));
  fc.assert(fc.property(words, (value) => canonicalValue(value, 'unseen') === value));
  t.end();
});
