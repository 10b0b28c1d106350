import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import t, { type Test } from 'tap';
import { readingDelete } from '../../src/s3/delete-document.ts';
import { atOnce } from '../../src/turns.ts';
import { httpStore } from '../e2e/wire.ts';
import { IN_OBS } from './in-obs.ts';
import { ask, clientWith, type Got, startFront } from './support.ts';

const CLIENT = clientWith('velero', {
  admin: false,
  grants: [
    { bucket: 'secret', prefix: 'velero/', actions: new Set(['delete', 'deleteVersions']) },
    { bucket: 'secret', prefix: 'readable/', actions: new Set(['read', 'write', 'list']) },
  ],
});

interface Reached {
  readonly request: IncomingMessage;
  readonly body: string;
}

interface Stand {
  readonly reached: readonly Reached[];
  readonly remove: (body: string, headers?: Readonly<Record<string, string>>) => Promise<Got>;
}

async function stand(t: Test): Promise<Stand> {
  const reached: Reached[] = [];
  const store = await httpStore(t, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      reached.push({ request, body: Buffer.concat(chunks).toString() });
      response.end('<DeleteResult/>');
    });
  });
  const front = await startFront(t, { port: store.port, clients: [CLIENT] });
  return {
    reached,
    remove: (body, headers = {}) =>
      ask(t, front.port, { method: 'POST', target: '/secret?delete=', body, headers, as: CLIENT }),
  };
}

const object = (...inner: string[]): string => `<Object>${inner.join('')}</Object>`;
const key = (text: string): string => `<Key>${text}</Key>`;
const deletes = (...objects: string[]): string =>
  `<?xml version="1.0"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${objects.join('')}</Delete>`;
const OWN = object(key('velero/a'));

t.test("one object key of another's can't be deleted among one's own", async (t) => {
  const { reached, remove } = await stand(t);
  const foreign: Readonly<Record<string, string>> = {
    plain: key('foreign/c'),
    'the prefix without its slash': key('velero'),
    'what only begins alike': key('velero-other/a'),
    'what may be read': key('readable/a'),
    'a leading slash': key('/velero/a'),
    'another case': key('Velero/a'),
    'white space before it': key(' velero/a'),
    'a new line before it': key('\nvelero/a'),
    'a comment in it': key('<!-- velero/ -->foreign/c'),
    'a comment that would hide it': key('fore<!-- -->ign/c'),
    'a section in it': key('<![CDATA[foreign/c]]>'),
    'a section beside text': key('fore<![CDATA[ign/c]]>'),
    'references in it': key('&#102;oreign/c'),
    'hex references in it': key('&#x66;oreign/c'),
    'an instruction in it': key('<?velero/ ?>foreign/c'),
    'a prefixed name': '<s3:Key xmlns:s3="urn:a">foreign/c</s3:Key>',
    'an attribute': '<Key velero="velero/a">foreign/c</Key>',
  };
  for (const [what, inner] of Object.entries(foreign)) {
    for (const objects of [[object(inner)], [OWN, object(inner)], [object(inner), OWN]]) {
      const answer = await remove(deletes(...objects));
      t.match(answer, { status: 403, code: 'AccessDenied' }, what);
    }
  }
  const thousand = Array.from({ length: 999 }, (_, i) => object(key(`velero/${i}`)));
  t.match(
    await remove(deletes(...thousand, object(key('foreign/c')))),
    { status: 403 },
    'the last of a thousand',
  );
  t.equal(reached.length, 0, 'the store hears of none of it');
});

t.test("a document that can be read in two ways can't reach the store", async (t) => {
  const { reached, remove } = await stand(t);
  const doubtful: Readonly<Record<string, string>> = {
    'two keys in an object': deletes(object(key('velero/a'), key('foreign/c'))),
    'two keys, the other way round': deletes(object(key('foreign/c'), key('velero/a'))),
    'two keys of two namespaces': deletes(
      object(key('velero/a'), '<x:Key xmlns:x="urn:x">foreign/c</x:Key>'),
    ),
    'an object without a key': deletes(OWN, '<Object/>'),
    'an empty key': deletes(OWN, object(key(''))),
    'a key in a key': deletes(object('<Key><Key>foreign/c</Key></Key>')),
    'no objects': deletes(),
    'another root': '<Remove><Object><Key>velero/a</Key></Object></Remove>',
    'two roots': `${deletes(OWN)}<Delete>${object(key('foreign/c'))}</Delete>`,
    'a document type': `<!DOCTYPE Delete [<!ENTITY e "foreign/c">]>${deletes(object(key('&e;')))}`,
    'a document type that defines nothing': `<!DOCTYPE Delete>${deletes(OWN)}`,
    'an entity of nobody': deletes(object(key('&foreign;'))),
    'half a document': deletes(OWN).slice(0, -12),
    'no document': 'velero/a',
    nothing: '',
    'a key that XML has no place for': deletes(object(key('velero/&#1;'))),
    'half a character': deletes(object(key('velero/&#xD800;'))),
    'bytes that are no UTF-8': deletes(object(key('velero/\xff'))),
    'a thousand and one': deletes(...Array.from({ length: 1001 }, (_, i) => object(key(`velero/${i}`)))),
    'a very deep one': `<Delete>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}${OWN}</Delete>`,
  };
  for (const [what, body] of Object.entries(doubtful)) {
    const answer = await remove(body);
    t.match(answer, { status: 400, code: 'MalformedXML' }, what);
  }
  t.equal(reached.length, 0);
});

t.test("what reaches the store can't name more than was authorised", async (t) => {
  const { reached, remove } = await stand(t);
  const spellings: readonly (readonly [inner: string, objectKey: string])[] = [
    [key('velero/a'), 'velero/a'],
    [key('velero/<!-- foreign/c -->a'), 'velero/a'],
    [key('vel<!-- <![CDATA[ -->ero/a<!-- ]]> -->'), 'velero/a'],
    [key('<![CDATA[velero/<b>&amp;</b>]]>'), 'velero/<b>&amp;</b>'],
    [key('velero/<![CDATA[a]]>&amp;b'), 'velero/a&b'],
    [key('velero/&lt;Key&gt;foreign/c&lt;/Key&gt;'), 'velero/<Key>foreign/c</Key>'],
    [key('&#118;elero/&#x1F600;'), 'velero/😀'],
    [key('velero/../foreign/c'), 'velero/../foreign/c'],
    [key('velero/ a '), 'velero/ a '],
    [key('velero/a&#13;&#10;b&#9;c'), 'velero/a\r\nb\tc'],
    [key('velero/&amp;amp;'), 'velero/&amp;'],
  ];
  for (const [inner, objectKey] of spellings) {
    const junk = '<Junk><Object><Key>foreign/c</Key></Object></Junk><Key>foreign/d</Key>';
    const answer = await remove(
      deletes(junk, object(inner, '<VersionId>v1</VersionId>', '<Foo>foreign/e</Foo>')),
    );
    t.match(answer, { status: 200 }, inner);
    const { body = '', request } = reached.at(-1) ?? {};
    t.notMatch(body, /<!--|CDATA|Junk|Foo|foreign\/[de]/, inner);
    t.same(atOnce(readingDelete(body)).objects, [{ objectKey, others: { VersionId: 'v1' } }], inner);
    t.equal(request?.headers['content-md5'], createHash('md5').update(body).digest('base64'));
    t.equal(request?.headers['x-amz-content-sha256'], createHash('sha256').update(body).digest('hex'));
    t.equal(request?.headers['content-length'], String(Buffer.byteLength(body)));
  }
});

const NO_HASHES = IN_OBS && 'OBS has no hashes of these kinds';
t.test("a body that isn't what was signed for can't be obeyed", { skip: NO_HASHES }, async (t) => {
  const { reached, remove } = await stand(t);
  const body = deletes(OWN);
  const other = `${body} `;
  const digest = (algorithm: string, encoding: 'hex' | 'base64'): string =>
    createHash(algorithm).update(other).digest(encoding);
  const wrong: readonly (readonly [headers: Record<string, string>, code: string])[] = [
    [{ 'x-amz-content-sha256': digest('sha256', 'hex') }, 'XAmzContentSHA256Mismatch'],
    [{ 'content-md5': digest('md5', 'base64') }, 'BadDigest'],
    [{ 'content-md5': 'nonsense' }, 'BadDigest'],
    [{ 'x-amz-checksum-sha256': digest('sha256', 'base64') }, 'BadDigest'],
    [{ 'x-amz-checksum-sha1': digest('sha1', 'base64') }, 'BadDigest'],
    [{ 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest'],
    [{ 'x-amz-checksum-crc32c': 'AAAAAA==' }, 'BadDigest'],
    [{ 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }, 'BadDigest'],
    [{ 'x-amz-checksum-nobodys': 'AAAAAA==' }, 'NotImplemented'],
  ];
  for (const [headers, code] of wrong)
    t.match(await remove(body, headers), { code }, JSON.stringify(headers));
  t.equal(reached.length, 0);
  const right = {
    'content-md5': createHash('md5').update(body).digest('base64'),
    'x-amz-checksum-sha256': createHash('sha256').update(body).digest('base64'),
  };
  t.match(await remove(body, right), { status: 200 });
  const sent = reached[0]?.request.headers ?? {};
  t.notOk(
    Object.keys(sent).some((name) => name.startsWith('x-amz-checksum-')),
    'the old checksums are gone',
  );
});

t.test("a body of more than 2 MiB can't fill the memory, nor reach the store", async (t) => {
  const { reached, remove } = await stand(t);
  const big = deletes(OWN, `<!-- ${'x'.repeat(2 * 1024 * 1024)} -->`);
  t.match(await remove(big), { status: 400, code: 'MalformedXML' });
  t.equal(reached.length, 0);
  t.match(await remove(deletes(OWN, `<!-- ${'x'.repeat(1024 * 1024)} -->`)), { status: 200 });
});
