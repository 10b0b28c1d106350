import t from 'tap';
import { encodePath } from '../../src/s3/percent.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { escapeXml } from '../../src/s3/xml.ts';
import { strictStore } from './strict-store.ts';
import { type Outcome, sendRaw, startTarget } from './target-proxy.ts';

/** Object keys that some stores take for another one, most of them for `secret`. */
const FOLDABLE = [
  '/secret',
  '//secret',
  'a//secret',
  'a///',
  'a//',
  '.',
  '..',
  './secret',
  '../secret',
  'a/./secret',
  'a/../secret',
  'a/.',
  'a/..',
  'a/./',
  'a/../',
  '\\secret',
  'a\\secret',
  'a\\..\\secret',
  '..\\secret',
];
const PLAIN = [
  'dir/',
  'a/b/',
  '...',
  'a...',
  '.a',
  'a.',
  'a/.b',
  'a/..b/c',
  'a/b../c',
  'a b',
  'ä/b',
  'a:b',
  '~/a',
  '*',
];

interface Ask {
  readonly method: string;
  readonly target: string;
  readonly fields?: readonly string[];
  readonly body?: string;
}

function ask(port: number, { method, target, fields = [], body }: Ask): Promise<Outcome> {
  const length =
    body === undefined && method !== 'PUT' && method !== 'POST'
      ? []
      : [`Content-Length: ${body?.length ?? 0}`];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: close',
    ...length,
    ...fields,
  ];
  return sendRaw({ port, pieces: [[...lines, '', body ?? ''].join('\r\n')] });
}

/** Every way in which a request names an object key, or the beginning of one. */
const NAMINGS: Readonly<Record<string, (objectKey: string) => Ask>> = {
  GetObject: (objectKey) => ({ method: 'GET', target: at(objectKey) }),
  HeadObject: (objectKey) => ({ method: 'HEAD', target: at(objectKey) }),
  PutObject: (objectKey) => ({ method: 'PUT', target: at(objectKey), body: 'body' }),
  DeleteObject: (objectKey) => ({ method: 'DELETE', target: at(objectKey) }),
  GetObjectTagging: (objectKey) => ({ method: 'GET', target: `${at(objectKey)}?tagging` }),
  GetObjectAcl: (objectKey) => ({ method: 'GET', target: `${at(objectKey)}?acl` }),
  CreateMultipartUpload: (objectKey) => ({ method: 'POST', target: `${at(objectKey)}?uploads` }),
  UploadPart: (objectKey) => ({
    method: 'PUT',
    target: `${at(objectKey)}?partNumber=1&uploadId=u`,
    body: 'body',
  }),
  CompleteMultipartUpload: (objectKey) => ({
    method: 'POST',
    target: `${at(objectKey)}?uploadId=u`,
    body: '<x/>',
  }),
  AbortMultipartUpload: (objectKey) => ({ method: 'DELETE', target: `${at(objectKey)}?uploadId=u` }),
  ListParts: (objectKey) => ({ method: 'GET', target: `${at(objectKey)}?uploadId=u` }),
  'CopyObject to it': (objectKey) => copy(objectKey, 'plain/source'),
  'CopyObject from it': (objectKey) => copy('target', `plain/${encodePath(objectKey)}`),
  'CopyObject from it, with a slash in front': (objectKey) =>
    copy('target', `/plain/${encodePath(objectKey)}`),
  'CopyObject from it, all of it escaped': (objectKey) =>
    copy('target', encodeURIComponent(`plain/${objectKey}`)),
  UploadPartCopy: (objectKey) => ({
    ...copy('target', `plain/${encodePath(objectKey)}`),
    target: `${at('target')}?partNumber=1&uploadId=u`,
  }),
  DeleteObjects: (objectKey) => ({
    method: 'POST',
    target: '/plain?delete',
    body: Buffer.from(
      `<Delete><Object><Key>good</Key></Object><Object><Key>${escapeXml(objectKey)}</Key></Object></Delete>`,
    ).toString('latin1'),
  }),
};
const LISTS: Readonly<Record<string, (prefix: string) => Ask>> = {
  ListObjects: (prefix) => ({ method: 'GET', target: `/plain?prefix=${encodeURIComponent(prefix)}` }),
  ListObjectsV2: (prefix) => ({
    method: 'GET',
    target: `/plain?list-type=2&prefix=${encodeURIComponent(prefix)}`,
  }),
  ListObjectVersions: (prefix) => ({
    method: 'GET',
    target: `/plain?versions&prefix=${encodeURIComponent(prefix)}`,
  }),
  ListMultipartUploads: (prefix) => ({
    method: 'GET',
    target: `/plain?uploads&prefix=${encodeURIComponent(prefix)}`,
  }),
};

function at(objectKey: string): string {
  return `/plain/${encodePath(objectKey)}`;
}

function copy(objectKey: string, source: string): Ask {
  return { method: 'PUT', target: at(objectKey), fields: [`x-amz-copy-source: ${source}`] };
}

const ROWS = Object.values(PROVIDERS);

for (const { name: provider } of ROWS.filter(({ normalisesKeys }) => normalisesKeys)) {
  t.test(
    `${provider} folds object keys: one with a second name is refused wherever it is named`,
    async (t) => {
      const store = await strictStore(t);
      const { port } = await startTarget(t, { ...store, provider });
      for (const [name, naming] of Object.entries({ ...NAMINGS, ...LISTS })) {
        for (const objectKey of FOLDABLE) {
          const { received } = await ask(port, naming(objectKey));
          const refused =
            name === 'HeadObject' ? /^HTTP\/1\.1 400 / : /^HTTP\/1\.1 400 .*<Code>InvalidArgument</s;
          if (!refused.test(received)) t.fail(`${name} of ${objectKey}`, { received });
        }
      }
      t.same(store.arrived, [], 'nothing of it reached the store');
    },
  );

  t.test(`${provider} folds object keys: raw and half-escaped spellings are refused as well`, async (t) => {
    const store = await strictStore(t);
    const { port } = await startTarget(t, { ...store, provider });
    for (const path of '//a a//b ./a ../a a/../b a/%2e%2e/b a/%2E./b a%2f..%2fb %2fa a%2F%2Fb a%5cb a\\b %2e %2e%2e'.split(
      ' ',
    )) {
      const { received } = await ask(port, { method: 'GET', target: `/plain/${path}` });
      t.match(received, /^HTTP\/1\.1 400 .*<Code>InvalidArgument</s, path);
    }
    t.same(store.arrived, []);
  });
}

for (const { name: provider, normalisesKeys } of ROWS) {
  t.test(`${provider}: object keys that have one name only pass unchanged`, async (t) => {
    const store = await strictStore(t);
    const { port } = await startTarget(t, { ...store, provider });
    for (const objectKey of normalisesKeys ? PLAIN : [...PLAIN, ...FOLDABLE]) {
      for (const name of ['GetObject', 'PutObject', 'DeleteObject', 'CreateMultipartUpload']) {
        const asked = NAMINGS[name]?.(objectKey) ?? t.fail(name);
        if (typeof asked === 'boolean') continue;
        await ask(port, asked);
        t.equal(store.arrived.at(-1)?.target, asked.target, `${name} of ${objectKey}`);
      }
      await ask(port, copy('target', `plain/${encodePath(objectKey)}`));
      t.equal(store.arrived.at(-1)?.headers['x-amz-copy-source'], `plain/${encodePath(objectKey)}`);
      await ask(port, LISTS.ListObjectsV2?.(objectKey) as Ask);
      const listed = new URLSearchParams(store.arrived.at(-1)?.target.split('?')[1] ?? '');
      t.equal(listed.get('prefix'), objectKey);
      await ask(port, NAMINGS.DeleteObjects?.(objectKey) as Ask);
      const deleted = Buffer.from(store.arrived.at(-1)?.body ?? '', 'latin1').toString();
      t.ok(deleted.includes(`<Key>${escapeXml(objectKey)}</Key>`), `DeleteObjects of ${objectKey}`);
    }
  });
}
