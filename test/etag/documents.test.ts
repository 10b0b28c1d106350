import fc from 'fast-check';
import t from 'tap';
import { markingEtags, markingListedEtags, unmarkingEtags } from '../../src/etag/documents.ts';
import { atOnce } from '../../src/turns.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Under `s/` and `a b+` the rule encrypts. */
const marks = (objectKey: string): boolean => /^(s\/|a b\+)/.test(objectKey);

function markedList(list: string): string {
  return atOnce(markingListedEtags(Buffer.from(list), marks)).toString();
}

t.test('marks the ETags of one object, and removes the marks from the parts of an upload', (t) => {
  const bare = `<R xmlns="${NAMESPACE}"><ETag>"${A}"</ETag><P><ETag >&quot;${B}&quot;</ETag></P><ETag/><ETag /><ETag>${A}-2</ETag></R>`;
  const marked = `<R xmlns="${NAMESPACE}"><ETag>"${A}-0"</ETag><P><ETag >&quot;${B}-0&quot;</ETag></P><ETag/><ETag /><ETag>${A}-2</ETag></R>`;
  t.equal(atOnce(markingEtags(bare)), marked);
  t.equal(atOnce(unmarkingEtags(marked)), bare);
  t.equal(atOnce(unmarkingEtags(bare)), bare, 'unmarked parts are understood');
  t.end();
});

/** Each a list as some store writes it, with two objects of which one is encrypted. */
const LISTS: Readonly<Record<string, string>> = {
  'as Amazon S3 does': `<ListBucketResult xmlns="${NAMESPACE}"><Name>b</Name><Contents><Key>s/1</Key><ETag>&quot;${A}&quot;</ETag><Size>1</Size></Contents><Contents><Key>p/1</Key><ETag>&quot;${B}&quot;</ETag></Contents><CommonPrefixes><Prefix>s/x/</Prefix></CommonPrefixes></ListBucketResult>`,
  'encoded, and it says so in front': `<L><EncodingType>url</EncodingType><Contents><Key>a+b%2B1</Key><ETag>"${A}"</ETag></Contents><Contents><Key>a%2Bb</Key><ETag>"${B}"</ETag></Contents></L>`,
  'encoded, and it says so behind': `<L><Contents><Key>s%2F1</Key><ETag>"${A}"</ETag></Contents><Contents><Key>p%2F1</Key><ETag>"${B}"</ETag></Contents><EncodingType>url</EncodingType></L>`,
  'not encoded, and the object key looks so': `<L><Contents><Key>s/%zz</Key><ETag>"${A}"</ETag></Contents><Contents><Key>s%2F1</Key><ETag>"${B}"</ETag></Contents></L>`,
  'with the ETag before the object key': `<L><Contents><ETag>"${A}"</ETag><Key>s/1</Key></Contents><Contents><ETag>"${B}"</ETag><Key>p/1</Key></Contents></L>`,
  'of versions, with delete markers between them': `<L><Version><Key>s/1</Key><ETag>"${A}"</ETag></Version><DeleteMarker><Key>s/1</Key></DeleteMarker><Version><Key>p/1</Key><ETag>"${B}"</ETag></Version></L>`,
  'with escapes in the object key': `<L><Contents><Key>s&#x2F;&amp;</Key><ETag>"${A}"</ETag></Contents><Contents><Key>&amp;s/</Key><ETag>"${B}"</ETag></Contents></L>`,
  'with object keys in sections': `<L><Contents><Key><![CDATA[s/1]]></Key><ETag>"${A}"</ETag></Contents><Contents><Key><![CDATA[&#115;/1]]></Key><ETag>"${B}"</ETag></Contents></L>`,
  'with prefixes and white space': `<x:L xmlns:x="u">\n <x:Contents>\n  <x:Key>s/1</x:Key>\n  <x:ETag>"${A}"</x:ETag>\n </x:Contents>\n <x:Contents><x:Key>p</x:Key><x:ETag>"${B}"</x:ETag></x:Contents></x:L>`,
  'with an object key that nobody can read': `<L><Contents><Key>s/1</Key><ETag>"${A}"</ETag></Contents><Contents><Key>s/&nobody;</Key><ETag>"${B}"</ETag></Contents></L>`,
};

for (const [how, list] of Object.entries(LISTS)) {
  t.test(`marks in a list those that a rule encrypts: ${how}`, (t) => {
    t.equal(markedList(list), list.replace(A, `${A}-0`));
    t.end();
  });
}

t.test('marks each object of the longest possible list', (t) => {
  const entry = (i: number): string =>
    `<Contents><Key>s/${i}${'&amp;'.repeat(1000)}</Key><ETag>"${A}"</ETag></Contents>`;
  const list = `<L>${Array.from({ length: 1000 }, (_, i) => entry(i)).join('')}</L>`;
  t.equal(markedList(list).length, list.length + 2000);
  t.end();
});

/** Pieces of an object in a list: as it comes, and as it goes where the rule of its key encrypts. */
const MD5 = fc.stringMatching(/^[0-9a-fA-F]{32}$/);
const QUOTE = fc.constantFrom('', '"', '&quot;', '&#34;');
const ETAG = fc
  .tuple(
    MD5,
    QUOTE,
    fc.constantFrom('', '-0', '-2', ' '),
    fc.constantFrom('<ETag>', '<ETag >', '<x:ETag y=">">'),
  )
  .map(([md5, quote, more, opening]) => {
    const tag = (mark: string): string =>
      `${opening}${quote}${md5}${mark}${more.trim()}${quote}${more === ' ' ? ' ' : ''}</ETag>`;
    return { comes: tag(''), goes: more.trim() === '' ? tag('-0') : tag('') };
  });
const OTHER = fc
  .constantFrom(
    '<Size>1</Size>',
    '<Owner><ID>é&amp;</ID></Owner>',
    '<!-- <ETag> -->',
    '<Empty/>',
    '\n ',
    '<ETag/>',
  )
  .map((text) => ({ comes: text, goes: text }));
/** The key as it is written, and as it is. */
const KEY = fc.constantFrom(
  ['s/1', 's/1'],
  ['p', 'p'],
  ['&#115;/', 's/'],
  ['a b+', 'a b+'],
  ['<![CDATA[s/&]]>', 's/&'],
  ['s%2F1', 's%2F1'],
  ['é', 'é'],
);
const OBJECT = fc
  .record({
    name: fc.constantFrom('Contents', 'Version', 'DeleteMarker'),
    key: KEY,
    before: fc.array(fc.oneof(ETAG, OTHER), { maxLength: 3 }),
    behind: fc.array(fc.oneof(ETAG, OTHER), { maxLength: 3 }),
  })
  .map(({ name, key: [written, objectKey], before, behind }) => {
    const way = name !== 'DeleteMarker' && marks(objectKey ?? '') ? 'goes' : 'comes';
    const text = (side: 'comes' | 'goes'): string =>
      `<${name}>${before.map((one) => one[side]).join('')}<Key>${written}</Key>${behind.map((one) => one[side]).join('')}</${name}>`;
    return { comes: text('comes'), goes: text(way) };
  });

/** As nearly all stores write them; some keys can't be decoded where keys are encoded. */
const PLAIN_OBJECT = fc
  .record({
    name: fc.constantFrom('Contents', 'Version', 'DeleteMarker', 'CommonPrefixes'),
    key: fc.constantFrom(
      's/1',
      's%2F1',
      'a%zz',
      '%00',
      '%C3',
      '%C3%A9',
      '%2f%7E',
      '%80',
      '%0g',
      '%',
      '&#37;zz',
      '&#x25;zz',
      '&#233;',
      'é',
      'a+b',
      '&amp;',
    ),
    md5: MD5,
    quote: fc.oneof(QUOTE, fc.constantFrom('&#x22;', ' "', 'W/"', '&quo', '&amp;')),
    more: fc.constantFrom('', '-0', '-2', ' ', '\u{a0}', '\u{e0}', 'a', 'ETag>', '</ETag><ETag>'),
    other: fc.constantFrom(
      '',
      '<Size>1</Size>',
      '<Owner><ID>a</ID><Empty/></Owner>',
      '<Owner><ETag>a</ETag></Owner>',
    ),
  })
  .map(({ name, key, md5, quote, more, other }) => {
    const comes = `<${name}><Key>${key}</Key>${other}<ETag>${quote}${md5}${more}${quote}</ETag></${name}>`;
    return { comes, goes: comes };
  });

t.test('marks what it should in lists of any objects, and changes no other byte', (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: OBJECT }, OTHER), { maxLength: 8 }), (parts) => {
      const list = (side: 'comes' | 'goes'): string => `<L>${parts.map((one) => one[side]).join('')}</L>`;
      t.equal(markedList(list('comes')), list('goes'));
    }),
    { numRuns: 500 },
  );
  t.end();
});

t.test('marks all objects of a list at once as it would one by one', (t) => {
  const encoding = fc.constantFrom('', '', '<EncodingType>url</EncodingType>');
  const parts = fc.oneof(
    fc.array(fc.oneof({ weight: 3, arbitrary: OBJECT }, PLAIN_OBJECT, OTHER), { maxLength: 6 }),
    fc.array(PLAIN_OBJECT, { maxLength: 6 }),
  );
  fc.assert(
    fc.property(encoding, parts, (said, objects) => {
      const list = `<L xmlns="${NAMESPACE}">${said}${objects.map(({ comes }) => comes).join('')}</L>`;
      const one = atOnce(markingListedEtags(Buffer.from(list), () => true)).toString();
      t.equal(atOnce(markingListedEtags(Buffer.from(list), 'all')).toString(), one);
    }),
    { numRuns: 2000 },
  );
  t.end();
});

/** What may stand anywhere in a list that is not as it should be; names that end where what is read at once ends. */
const ODD = fc.constantFrom(
  '',
  '<',
  '>',
  '/',
  '</',
  '/>',
  '"',
  '%',
  '%C3',
  '&#37;',
  '\0',
  'é',
  '\u{a0}',
  '<!-- -->',
  '<![CDATA[a]]>',
  '<ETag>',
  '</ETag>',
  '<ETag/>',
  '<ETags>',
  '</ETags>',
  `<ETag>${A}</ETag>`,
  `<ETag>"${A}&quot;</ETag>`,
  '<Contents>',
  '</Contents>',
  '<Contents/>',
  '<Contentss>',
  '<Version>',
  '<Versions>',
  '</Version>',
  '<EncodingType>url</EncodingType>',
  '<Encoding>',
  '</Encoding>',
  ...[30, 31, 32, 33].flatMap((length) => [`<${'N'.repeat(length)}>`, `</${'N'.repeat(length)}>`]),
);

t.test('reads no other list, and marks it no otherwise, when it marks all objects at once', (t) => {
  const outcome = (list: string, marked: 'all' | (() => boolean)): string => {
    try {
      return atOnce(markingListedEtags(Buffer.from(list), marked)).toString('latin1');
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const root = fc.constantFrom('L', 'Contents', 'Version', 'EncodingType');
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(2), ODD), { maxLength: 3 });
  const padding = fc.nat(70).map((length) => `<P>${'p'.repeat(length)}</P>`);
  fc.assert(
    fc.property(
      root,
      padding,
      fc.array(PLAIN_OBJECT, { maxLength: 4 }),
      changes,
      (name, more, objects, made) => {
        let list = `<${name}>${more}${objects.map(({ comes }) => comes).join('')}</${name}>`;
        for (const [place, cut, odd] of made) {
          const at = place % (list.length + 1);
          list = list.slice(0, at) + odd + list.slice(at + cut);
        }
        t.equal(
          outcome(list, 'all'),
          outcome(list, () => true),
        );
      },
    ),
    { numRuns: 3000 },
  );
  t.end();
});

t.test('reads no list that is cut, when it marks all objects at once', (t) => {
  const list = LISTS['as Amazon S3 does'] ?? '';
  const read = (text: string): string => atOnce(markingListedEtags(Buffer.from(text), 'all')).toString();
  t.equal(read(list), list.replace(A, `${A}-0`).replace(B, `${B}-0`));
  for (let at = 1; at < list.length; at += 1)
    t.throws(() => read(list.slice(0, at)), { code: 'MalformedXML' });
  t.end();
});

t.test('reads no list that is cut, or, or that holds what is no tag', (t) => {
  const list = LISTS['as Amazon S3 does'] ?? '';
  for (let at = 1; at < list.length; at += 1)
    t.throws(() => markedList(list.slice(0, at)), { code: 'MalformedXML' }, list.slice(0, at).slice(-20));
  for (const wrong of ['<', '<>', '<!DOCTYPE L>', '<:a/>', '<a:/>', '<a b/>', '<a b=c/>', '</L', '</>'])
    t.throws(() => markedList(list.replace('<Size>', `${wrong}<Size>`)), { code: 'MalformedXML' }, wrong);
  t.end();
});

t.test('reads no list with an object that is longer than any', (t) => {
  const list = `<L><Contents>${' '.repeat(64 * 1024)}</Contents></L>`;
  t.throws(() => markedList(list), { code: 'MalformedXML' });
  t.end();
});
