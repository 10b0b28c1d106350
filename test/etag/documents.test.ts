import t from 'tap';
import { markingEtags, markingListedEtags, unmarkingEtags } from '../../src/etag/documents.ts';
import { atOnce } from '../../src/turns.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Under `s/` and `a b+` the rule encrypts. */
const marks = (objectKey: string): boolean => /^(s\/|a b\+)/.test(objectKey);

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
    t.equal(atOnce(markingListedEtags(list, marks)), list.replace(A, `${A}-0`));
    t.end();
  });
}

t.test('marks each object of the longest possible list', (t) => {
  const entry = (i: number): string =>
    `<Contents><Key>s/${i}${'&amp;'.repeat(1000)}</Key><ETag>"${A}"</ETag></Contents>`;
  const list = `<L>${Array.from({ length: 1000 }, (_, i) => entry(i)).join('')}</L>`;
  t.equal(atOnce(markingListedEtags(list, marks)).length, list.length + 2000);
  t.end();
});
