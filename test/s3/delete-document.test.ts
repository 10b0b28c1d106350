import fc from 'fast-check';
import t from 'tap';
import { readingDelete, writeDelete } from '../../src/s3/delete-document.ts';
import { atOnce } from '../../src/turns.ts';
import { codeOf } from '../support/failure.ts';

const object = (inner: string): string => `<Delete><Object>${inner}</Object></Delete>`;

t.test('reads what a client asks to remove', async (t) => {
  const xml =
    '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>' +
    '<Object><Key>a</Key><VersionId>v</VersionId><ETag>"e"</ETag></Object><Object><Key>b</Key></Object></Delete>';
  t.strictSame(atOnce(readingDelete(xml)), {
    quiet: true,
    objects: [
      { objectKey: 'a', others: { VersionId: 'v', ETag: '"e"' } },
      { objectKey: 'b', others: {} },
    ],
  });
  t.equal(atOnce(readingDelete(object('<Key>a</Key>'))).quiet, false);
});

t.test('any object key that XML can contain survives a round trip', async () => {
  const texts = fc.string({ unit: 'grapheme', minLength: 1 });
  const markup = fc.constantFrom(
    '<',
    '&',
    '&amp;',
    ']]>',
    '<!--',
    '\r',
    '\n',
    '\t',
    ' ',
    '\r\n',
    '"',
    "'",
    '\uFFFD',
  );
  const keys = fc
    .array(fc.oneof(texts, markup), { minLength: 1 })
    .map((parts) => parts.join(''))
    .filter((key) => /^[\t\n\r\u0020-\uFFFD]+$/.test(key));
  fc.assert(
    fc.property(fc.array(keys, { minLength: 1, maxLength: 5 }), fc.boolean(), (objectKeys, quiet) => {
      const request = { quiet, objects: objectKeys.map((objectKey) => ({ objectKey, others: {} })) };
      const again = atOnce(readingDelete(writeDelete(request)));
      return JSON.stringify(again) === JSON.stringify(request);
    }),
  );
});

t.test('CDATA sections are literal, comments are ignored', async (t) => {
  for (const [inner, objectKey] of [
    ['<![CDATA[a&amp;<b>]]>', 'a&amp;<b>'],
    ['a<!-- b -->c', 'ac'],
    ['a<!-- <![CDATA[ -->b<!-- ]]> -->', 'ab'],
    ['<![CDATA[<!--]]>a<![CDATA[-->]]>', '<!--a-->'],
    ['<?p <!-- ?>a', 'a'],
  ] as const)
    t.equal(atOnce(readingDelete(object(`<Key>${inner}</Key>`))).objects[0]?.objectKey, objectKey, inner);
});

t.test('refuses other documents, and ambiguous ones', async (t) => {
  for (const xml of [
    '',
    '<Delete/>',
    object(''),
    object('<Key/>'),
    object('<Key>a</Key><Key>b</Key>'),
    object('<Key>&#xD83D;</Key>'),
    object('<Key>&#0;</Key>'),
    object('<Key><!-- a</Key>'),
    object('<Key><![CDATA[ a</Key>'),
    `${object('<Key>a</Key>')}${object('<Key>b</Key>')}`,
  ])
    t.equal(
      codeOf(() => atOnce(readingDelete(xml))),
      'MalformedXML',
      xml,
    );
});

t.test('refuses to write characters that XML cannot contain', async (t) => {
  for (const objectKey of ['\u0000', 'a\u0001', '\uFFFE'])
    t.equal(
      codeOf(() => writeDelete({ quiet: false, objects: [{ objectKey, others: {} }] })),
      'MalformedXML',
    );
});

t.test('two megabytes of beginnings without ends take no longer than other two megabytes', async (t) => {
  for (const beginning of ['<!--', '<?', '<![CDATA[', '<a ', '&#']) {
    const started = performance.now();
    codeOf(() => atOnce(readingDelete(`<Delete>${beginning.repeat(2 ** 21 / beginning.length)}</Delete>`)));
    t.ok(performance.now() - started < 10_000, beginning);
  }
});
