import t from 'tap';
import { boundaryOf, parsePartHead } from '../../src/forms/part-head.ts';
import { putHeaders, putTarget, withFilename } from '../../src/forms/put-object.ts';
import { postResponse, redirectUrl, successOf } from '../../src/forms/success.ts';
import { codeOf } from '../support/failure.ts';
import { onWire } from '../support/headers.ts';

/** What stands in an object key for the name of the file. */
const FILENAME = `$\{filename}`;

const fieldsOf = (fields: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(fields));

t.test('puts the name of the file into the object key, without its path', async (t) => {
  const key = (filename: string): string | undefined =>
    withFilename({ fields: fieldsOf({ key: `u/${FILENAME}` }), filename }).get('key');
  t.equal(key('a b.txt'), 'u/a b.txt');
  t.equal(key('C:\\dir\\a.txt'), 'u/a.txt');
  t.equal(key('/home/x/a.txt'), 'u/a.txt');
  t.equal(key('$&$1'), 'u/$&$1');
  t.equal(key(FILENAME), `u/${FILENAME}`);
  t.equal(key(''), 'u/');
  t.equal(
    codeOf(() => withFilename({ fields: fieldsOf({}), filename: 'a' })),
    'InvalidArgument',
  );
});

t.test('names the object of the key field, whatever characters it has', async (t) => {
  for (const key of ['a', '/a', 'a//b/../c', 'ü?x#y%41', 'k&=+ '])
    t.match(putTarget('b0b', fieldsOf({ key })), { shape: 'object', bucket: 'b0b', objectKey: key });
  t.equal(
    codeOf(() => putTarget('b0b', fieldsOf({ key: 'x'.repeat(1025) }))),
    'KeyTooLongError',
  );
  t.equal(
    codeOf(() => putTarget('b0b', fieldsOf({ key: 'a\0' }))),
    'InvalidURI',
  );
});

t.test('turns the fields that are headers into headers', async (t) => {
  const tagging = '<Tagging><TagSet><Tag><Key>a b</Key><Value>c&amp;d</Value></Tag></TagSet></Tagging>';
  const headers = putHeaders(
    fieldsOf({
      key: 'a',
      acl: 'private',
      'content-type': 'text/plain',
      'cache-control': 'no-store',
      'x-amz-meta-a': 'ü',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-checksum-crc32': 'AAAAAA==',
      'x-amz-date': 'd',
      'x-amz-signature': 's',
      'x-amz-security-token': 't',
      policy: 'p',
      submit: 'Upload',
      'x-ignore-a': 'b',
      tagging,
    }),
  );
  t.same(headers, {
    'x-amz-acl': 'private',
    'content-type': 'text/plain',
    'cache-control': 'no-store',
    'x-amz-meta-a': onWire('ü'),
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-checksum-crc32': 'AAAAAA==',
    'x-amz-tagging': 'a%20b=c%26d',
  });
});

t.test('refuses fields that would make it another request or break out of a header', async (t) => {
  const fields: readonly Readonly<Record<string, string>>[] = [
    { 'x-amz-copy-source': '/secret/a' },
    { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    { 'x-amz-decoded-content-length': '1' },
    { 'x-amz-meta-a': 'b\r\nx-amz-copy-source: /secret/a' },
    { 'x-amz-meta-a b': 'c' },
    { 'content-type': 'a\nb' },
    { acl: 'private', 'x-amz-acl': 'public-read' },
  ];
  for (const one of fields)
    t.equal(
      codeOf(() => putHeaders(fieldsOf(one))),
      'InvalidArgument',
      JSON.stringify(one),
    );
  t.equal(
    codeOf(() => putHeaders(fieldsOf({ tagging: '<a>' }))),
    'MalformedXML',
  );
});

t.test('answers as the form asks', async (t) => {
  const status = (fields: Readonly<Record<string, string>>): unknown => successOf(fieldsOf(fields));
  t.same(status({}), { kind: 'status', status: 204 });
  t.same(status({ success_action_status: '200' }), { kind: 'status', status: 200 });
  t.same(status({ success_action_status: '201' }), { kind: 'status', status: 201 });
  t.same(status({ success_action_status: '404' }), { kind: 'status', status: 204 });
  t.same(status({ success_action_redirect: 'nowhere' }), { kind: 'status', status: 204 });
  t.same(status({ success_action_redirect: 'javascript:alert(1)' }), { kind: 'status', status: 204 });
  t.match(status({ success_action_redirect: 'https://a.test/', success_action_status: '201' }), {
    kind: 'redirect',
  });
  t.match(status({ redirect: 'https://a.test/' }), { kind: 'redirect' });
  const stored = { location: 'https://p.test/b/k', bucket: 'b', objectKey: 'k&<', etag: '"e"' };
  t.equal(
    redirectUrl(new URL('https://a.test/x?y=z'), stored),
    'https://a.test/x?y=z&bucket=b&key=k%26%3C&etag=%22e%22',
  );
  t.match(postResponse(stored), '<Key>k&amp;&lt;</Key><ETag>&quot;e&quot;</ETag></PostResponse>');
});

t.test('reads the boundary and the head of a part', async (t) => {
  t.equal(boundaryOf('multipart/form-data; boundary=abc'), 'abc');
  t.equal(boundaryOf('Multipart/Form-Data; charset=utf-8; Boundary="a b"'), 'a b');
  for (const type of [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
  ])
    t.equal(
      codeOf(() => boundaryOf(type)),
      'MalformedPOSTRequest',
      type,
    );
  const head = (text: string): unknown => parsePartHead(Buffer.from(text));
  t.same(head('content-disposition: form-data; name=file; filename="a\\"b\\\\c;d"\r\nX: y'), {
    name: 'file',
    filename: 'a"b\\c;d',
  });
  t.same(head('Content-Disposition: form-data; name="key"'), { name: 'key', filename: undefined });
});
