import t from 'tap';
import { markPlaceIn, withoutMark } from '../../src/etag/written.ts';

const MD5 = '0123456789abcdef0123456789ABCDEF';

function marked(written: string): string {
  const place = markPlaceIn(written);
  return place < 0 ? written : `${written.slice(0, place)}-0${written.slice(place)}`;
}

for (const [name, written, wanted] of [
  ['with quotes', `"${MD5}"`, `"${MD5}-0"`],
  ['with references', `&quot;${MD5}&#034;`, `&quot;${MD5}-0&#034;`],
  ['in a section', `<![CDATA["${MD5}"]]>`, `<![CDATA["${MD5}-0"]]>`],
  ['in two sections', `<![CDATA["${MD5.slice(0, 9)}]]><![CDATA[${MD5.slice(9)}]]>"`, undefined],
  ['with a comment', `"<!-- "${MD5}-1" -->${MD5}"`, `"<!-- "${MD5}-1" -->${MD5}-0"`],
  ['with a comment behind it', `"${MD5}<!-- -->"`, `"${MD5}-0<!-- -->"`],
  ['with an instruction', `<?a ${MD5}?>"${MD5}"`, `<?a ${MD5}?>"${MD5}-0"`],
  ['with digits as references', `&#x22;&#48;${MD5.slice(1, 31)}&#x46;&#x22;`, undefined],
] as const)
  t.test(`an ETag gets its mark where it is written ${name}, and loses it again`, async (t) => {
    if (wanted !== undefined) t.equal(marked(written), wanted);
    t.not(marked(written), written);
    t.equal(marked(marked(written)), marked(written), 'once is enough');
    t.equal(withoutMark(marked(written)), written);
  });

t.test('a mark is found however it is written', async (t) => {
  t.equal(withoutMark(`"${MD5}&#45;<!-- -->0"`), `"${MD5}<!-- -->"`);
  t.equal(withoutMark(`<![CDATA["${MD5}-]]>0"`), `<![CDATA["${MD5}]]>"`);
});

for (const other of [
  `"${MD5}<a/>"`,
  `"${MD5}&unknown;"`,
  `"${MD5}&"`,
  `"${MD5}&#x1F600;"`,
  `<![CDATA["${MD5}-1"]]>`,
  `<!-- "${MD5}" -->`,
  `"${MD5}"<!--${' '.repeat(600)}-->`,
])
  t.test(`what is no ETag stays: ${other.slice(0, 60)}`, async (t) => {
    t.equal(marked(other), other);
    t.equal(withoutMark(other), other);
  });
