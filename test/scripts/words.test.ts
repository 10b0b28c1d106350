import t from 'tap';
import { findRefused, testNamesOf } from '../../scripts/words/find.ts';
import { REFUSED } from '../../scripts/words/list.ts';

/** A sentence, and what is refused of it. */
const SENTENCES: readonly (readonly [text: string, written: readonly string[]])[] = [
  ['Off as is.', ['as is']],
  ['Off as\n * is, and on', ['as is']],
  ['// 16 as\n  // is', ['as is']],
  ['It has is and was island', []],
  ['Mend it; typeMend, mendOf, TO_MEND, mended.', ['Mend', 'Mend', 'mend', 'MEND', 'mended']],
  ['We recommend to amend the commended mendicant.', []],
  ['trioOnComplete, COPY_TRIO, trios', ['trio', 'TRIO', 'trios']],
  ['A patriot', []],
  ['It is not to be had.', ['to be had']],
  ['Keys turn over, one was turned over', ['turn over', 'turned over']],
  ["The provider's row, a provider row", ["provider's row", 'provider row']],
  ['A row of the table, 12 letters in a row', []],
  ['Of an SSE-C object it is none.', ['Of an SSE-C object it is', 'it is none']],
  ['One of an object is that', []],
  ['Of plain objects there are two.', ['Of plain objects there are']],
  ['They are none.', ['They are none']],
  ['To a client goes no answer.', ['To a client goes']],
  ['It goes to a client.', []],
  ["Stored as-is; etags: 'marked' | 'as-is'", ['as-is']],
  ['It can not be read anew, whoever asks', ['can not', 'anew', 'whoever']],
  ['It cannot be a new one', []],
  [
    'Keys are turned over; he turned it over, and turn keys over',
    ['turned over', 'turned it over', 'turn keys over'],
  ],
  ['The row of the provider', ['row of the provider']],
  ['ETags are no MD5s, and this is no terminal', ['are no MD', 'is no terminal']],
  ['There is no key, there are no rules, it is no longer there, which is no', []],
  ['a file a command', ['a file a command']],
  ['in a file, a command', []],
  ['unless', []],
];

t.test('finds what is refused, in prose, in names, and across lines', async (t) => {
  for (const [text, written] of SENTENCES)
    t.strictSame(
      findRefused(text, REFUSED).map((each) => each.written),
      written,
      text,
    );
});

t.test('says where it stands and what to say instead', async (t) => {
  t.strictSame(findRefused('one\ntwo trio\n', REFUSED), [
    { line: 2, written: 'trio', say: 'the SSE-C headers' },
  ]);
});

t.test('of a test it reads the names alone, on their lines', async (t) => {
  const text = `const trio = 1;\nt.test('sends the trio', x);\nt.test(\n  "it\\'s \\"mend\\"",\n);\n`;
  t.strictSame(
    findRefused(testNamesOf(text), REFUSED).map(({ line, written }) => [line, written]),
    [
      [2, 'trio'],
      [4, 'mend'],
    ],
  );
});
