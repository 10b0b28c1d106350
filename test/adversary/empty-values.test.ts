import t, { type Test } from 'tap';
import type { Action } from '../../src/clients/permissions.ts';
import { pinUploadId } from '../../src/multipart/upload-id.ts';
import { PROVIDER_NAMES, PROVIDERS, type Provider } from '../../src/s3/providers.ts';
import { type Ask, ask, clientWith, type Got, SSEC_KEY, startFront, startStub } from './support.ts';

const grant = (bucket: string, actions: readonly Action[]) => ({
  bucket,
  prefix: '',
  actions: new Set(actions),
});
const WRITER = clientWith('writer', {
  admin: false,
  grants: ['secret', 'plain'].map((bucket) => grant(bucket, ['write'])),
});
const EVERYTHING = clientWith('everything', { admin: true, grants: 'all' });

/** A store for which an empty value is a parameter that is not there, as observed at Ceph. */
async function stand(t: Test, provider: Provider) {
  const objects = new Set(['/secret/a', '/plain/a']);
  const done: string[] = [];
  const store = await startStub(t, ({ method = '', url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://store');
    const ofUpload = (searchParams.get('uploadId') ?? '').trim() !== '';
    done.push(`${method} ${ofUpload ? 'of an upload' : 'of the object'}`);
    if (method === 'DELETE' && !ofUpload) objects.delete(pathname);
    response.end();
  });
  const front = await startFront(t, {
    port: store.port,
    provider,
    clients: [WRITER, EVERYTHING],
    rules: [
      { bucket: 'secret', encrypt: [SSEC_KEY], foreignUploads: 'allow' },
      { bucket: 'plain', encrypt: 'off' },
    ],
  });
  const send = (request: Ask): Promise<Got> => ask(t, front.port, { as: WRITER, ...request });
  return { send, objects, done, store };
}

const NO_IDS = [
  'uploadId',
  'uploadId=',
  'uploadId=&x-id=AbortMultipartUpload',
  'uploadId=%20',
  'uploadId=%01',
];

t.test('who may write and not delete removes and replaces nothing by an upload without an id', async (t) => {
  for (const name of PROVIDER_NAMES) {
    const { send, objects, done } = await stand(t, PROVIDERS[name]);
    for (const path of ['/secret/a', '/plain/a']) {
      for (const id of [...NO_IDS, 'uploadId=.', 'uploadId=..%2F..', 'uploadId=YS4', 'uploadId=a%0D%0Ab']) {
        for (const [method, query] of [
          ['DELETE', id],
          ['GET', id],
          ['POST', id],
          ['PUT', `partNumber=1&${id}`],
          ['PUT', `${id}&partNumber=10000`],
        ] as const) {
          const answer = await send({ method, target: `${path}?${query}` });
          const refused = answer.status === 400 && answer.code === 'InvalidArgument';
          if (!refused) t.fail(`${name}: ${method} ${path}?${query}: ${answer.status} ${answer.code}`);
        }
      }
    }
    t.same([...objects], ['/secret/a', '/plain/a'], name);
    t.same(done, [], `${name}: nothing reaches the store, and the proxy asks it nothing`);
  }
});

t.test('a pinned id without the id of the store is none', async (t) => {
  const { send, done } = await stand(t, PROVIDERS.ceph);
  const object = { bucket: 'secret', objectKey: 'a' };
  for (const uploadId of ['', ' ']) {
    const id = encodeURIComponent(pinUploadId(uploadId, object, { began: 'ours', ssecKey: SSEC_KEY }));
    for (const [method, query] of [
      ['DELETE', `uploadId=${id}`],
      ['PUT', `partNumber=1&uploadId=${id}`],
    ] as const) {
      const { status } = await send({ method, target: `/secret/a?${query}` });
      t.ok(status === 400 || status === 404, `${method} ${JSON.stringify(uploadId)}: ${status}`);
    }
  }
  t.same(done, []);
});

t.test('a version without an id is not a version, in a query, a copy source or a document', async (t) => {
  const { send, done, store } = await stand(t, PROVIDERS.minio);
  for (const query of ['versionId', 'versionId=', 'versionId=%20', 'versionId=%00', 'versionId=..'])
    for (const method of ['GET', 'HEAD', 'DELETE'])
      t.match(await send({ method, target: `/plain/a?${query}`, as: EVERYTHING }), { status: 400 }, query);
  for (const version of ['', '%20', '%00']) {
    const headers = { 'x-amz-copy-source': `plain/a?versionId=${version}` };
    for (const target of ['/plain/b', '/secret/b'])
      t.match(await send({ method: 'PUT', target, headers, as: EVERYTHING }), {
        status: 400,
        code: 'InvalidArgument',
      });
  }
  t.same(done, []);
  const remover = clientWith('versions', { admin: false, grants: [grant('plain', ['deleteVersions'])] });
  const front = await startFront(t, { port: store.port, provider: PROVIDERS.minio, clients: [remover] });
  for (const version of ['<VersionId/>', '<VersionId></VersionId>', '<VersionId> \n </VersionId>']) {
    const body = `<Delete><Object><Key>a</Key>${version}</Object></Delete>`;
    const answer = await ask(t, front.port, { method: 'POST', target: '/plain?delete', body, as: remover });
    t.match(answer, { status: 403 }, `${version} needs "delete"`);
  }
  t.same(done, []);
});

t.test('other parameters that need a value have one', async (t) => {
  const { send, done } = await stand(t, PROVIDERS.aws);
  for (const [method, target] of [
    ['GET', '/plain?analytics&id='],
    ['DELETE', '/plain?inventory&id'],
    ['PUT', '/plain?metrics&id=%09'],
    ['GET', '/plain?list-type='],
    ['GET', '/plain/a?annotation&annotationName='],
    ['DELETE', '/plain/a?annotation&annotationName'],
    ['GET', '/plain/a?response-content-type='],
    ['GET', '/plain/a?response-content-disposition=a%0D%0Ab'],
    ['GET', '/plain/a?partNumber=0'],
    ['HEAD', '/plain/a?partNumber='],
    ['GET', '/plain/a?partNumber=10001'],
    ['PUT', '/plain/a?partNumber=1.5&uploadId=u'],
    ['PUT', '/plain/a?partNumber=%2B1&uploadId=u'],
  ] as const)
    t.match(await send({ method, target, as: EVERYTHING }), { status: 400 }, `${method} ${target}`);
  t.same(done, []);
});

t.test('what has its value goes on, and a sub-resource may have any', async (t) => {
  const { send, store } = await stand(t, PROVIDERS.ceph);
  const sent: [string, string][] = [
    ['DELETE', '/plain/a?uploadId=2~abc'],
    ['PUT', '/plain/a?partNumber=9999&uploadId=u'],
    ['GET', '/plain/a?versionId=null&partNumber=1'],
    ['POST', '/plain/a?uploads=x'],
    ['GET', '/plain?prefix=&delimiter=&marker=&max-keys=&encoding-type='],
    ['GET', '/plain?uploads&key-marker=&upload-id-marker='],
  ];
  for (const [method, target] of sent) await send({ method, target, as: EVERYTHING });
  t.same(
    store.requests.map(({ method, url }) => [method, url]),
    sent,
  );
});
