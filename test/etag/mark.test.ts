import fc from 'fast-check';
import t from 'tap';
import { unmarkedCondition } from '../../src/etag/conditions.ts';
import { markTag, unmarkTag } from '../../src/etag/mark.ts';

const MD5 = '0123456789abcdef0123456789ABCDEF';

/** Bare, and as clients are to see it. */
const TAGS: readonly (readonly [bare: string, marked: string])[] = [
  [MD5, `${MD5}-0`],
  [`"${MD5}"`, `"${MD5}-0"`],
  [`W/"${MD5}"`, `W/"${MD5}-0"`],
  [`&quot;${MD5}&quot;`, `&quot;${MD5}-0&quot;`],
  [`&#34;${MD5}&#34;`, `&#34;${MD5}-0&#34;`],
  [`&#x22;${MD5}&#x22;`, `&#x22;${MD5}-0&#x22;`],
  [`\n ${MD5} `, `\n ${MD5}-0 `],
];

/** Nothing of what a mark could be on. */
const OTHERS = [
  '',
  '*',
  '""',
  `"${MD5}-1"`,
  `"${MD5}-10000"`,
  `"${MD5}0"`,
  `"${MD5.slice(1)}"`,
  `"${MD5}-00"`,
  `"${MD5}-0-0"`,
  `"g${MD5.slice(1)}"`,
  'Sun, 22 Nov 2026 03:00:00 GMT',
];

t.test('marks every tag that looks like an MD5, and removes the mark again', (t) => {
  for (const [bare, marked] of TAGS) {
    t.equal(markTag(bare), marked);
    t.equal(unmarkTag(marked), bare);
    t.equal(markTag(marked), marked, 'once is enough');
    t.equal(unmarkTag(bare), bare, 'an unmarked tag is understood');
  }
  t.end();
});

t.test('leaves every other tag unchanged', (t) => {
  for (const tag of OTHERS) {
    t.equal(markTag(tag), tag);
    t.equal(unmarkTag(tag), tag);
  }
  t.end();
});

const digits = fc.stringMatching(/^[0-9a-f]{32}$/);
const tags = fc.oneof(
  digits.map((hex) => `"${hex}"`),
  digits.map((hex) => `W/"${hex}"`),
  fc.tuple(digits, fc.integer({ min: 1, max: 10_000 })).map(([hex, parts]) => `"${hex}-${parts}"`),
  fc.stringMatching(/^"[!#-~]{0,40}"$/).filter((tag) => !tag.endsWith('-0"')),
);

t.test('every tag of a store comes back to it, and no other tag looks like it', (t) => {
  fc.assert(
    fc.property(tags, tags, (one, other) => {
      const same = markTag(one) === markTag(other);
      return unmarkTag(markTag(one)) === one && same === (one === other);
    }),
  );
  t.end();
});

t.test('a list of tags survives, however it is spaced', (t) => {
  const separators = fc.constantFrom(',', ', ', ' ,\t', ',,', ' , , ');
  fc.assert(
    fc.property(fc.array(tags, { minLength: 1 }), separators, (list, separator) => {
      const bare = list.join(separator);
      const marked = list.map(markTag).join(separator);
      const back = (value: string): string => unmarkedCondition('if-none-match', value, () => true);
      return back(marked) === bare && back(bare) === bare;
    }),
  );
  t.end();
});

t.test('removes marks from the conditions of the end that has them, and from no other header', (t) => {
  const value = `W/"${MD5}-0", "${MD5}-3", "a,b ${MD5}-0", ${MD5}-0, *`;
  const bare = `W/"${MD5}", "${MD5}-3", "a,b ${MD5}-0", ${MD5}, *`;
  const ends = {
    target: ['if-match', 'if-none-match', 'if-range', 'x-amz-object-if-match'],
    source: ['x-amz-copy-source-if-match', 'x-amz-copy-source-if-none-match'],
  } as const;
  for (const end of ['target', 'source'] as const) {
    for (const name of [...ends.target, ...ends.source, 'x-amz-meta-etag', 'x-amz-if-match-size']) {
      const mine = (ends[end] as readonly string[]).includes(name);
      t.equal(
        unmarkedCondition(name, value, (which) => which === end),
        mine ? bare : value,
        `${name} with marks at the ${end}`,
      );
    }
  }
  t.end();
});
