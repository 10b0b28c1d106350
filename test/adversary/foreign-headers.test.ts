import t, { type Test } from 'tap';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { encodeForm } from '../support/forms.ts';
import { EVERYTHING } from '../support/snapshot.ts';
import { ask, clientWith, type Front, type Got, type Stub, startFront, startStub } from './support.ts';

/** Headers beyond S3, by which some store does something else with a request than was judged. */

async function stand(t: Test): Promise<{ store: Stub; front: Front }> {
  const store = await startStub(t, (_request, response) => response.writeHead(200, { etag: '"e"' }).end());
  return { store, front: await startFront(t, { port: store.port, provider: PROVIDERS.minio }) };
}

const VENDORS = [
  'x-obs-copy-source',
  'x-obs-acl',
  'x-obs-server-side-encryption',
  'x-oss-object-acl',
  'x-oss-copy-source',
  'x-goog-acl',
  'x-goog-copy-source',
  'x-minio-source-replication-request',
  'x-minio-force-delete',
  'x-minio-source-mtime',
  'x-rgw-storequery',
  'x-cos-copy-source',
  'x-bce-copy-source',
  'x-kss-copy-source',
  'x-object-meta-a',
  'seaweed-x-amz-owner',
];
const UNKNOWN = ['x-amz-write-offset-bytes', 'x-amz-unheard-of', 'x-amz-auto-make-bucket', 'x-amz-fwd-to'];
const DROPPED = [
  'x-http-method-override',
  'x-http-method',
  'x-forwarded-for',
  'x-forwarded-host',
  'forwarded',
  'x-real-ip',
  'x-original-url',
  'x-rewrite-url',
  'cookie',
  'x-auth-token',
  'x-delete-at',
  'content-range',
  'accept',
  'x-anything',
  'x-amz-replication-status',
  'x-amz-version-id',
  'x-amz-rename-source',
  'x-amz-fwd-status',
];

const WRITES = [
  ['PUT', '/plain/a'],
  ['PUT', '/secret/a'],
  ['DELETE', '/plain/a'],
  ['POST', '/plain/a?uploads='],
  ['PUT', '/plain/a?tagging='],
  ['DELETE', '/plain/a?uploadId=u'],
  ['PUT', '/plain'],
  ['DELETE', '/plain'],
  ['PUT', '/plain?policy='],
] as const;
const READS = [
  ['GET', '/plain/a'],
  ['HEAD', '/secret/a'],
  ['GET', '/plain?list-type=2'],
  ['GET', '/plain/a?acl='],
] as const;

t.test("a write with a header of another vendor's, or an unknown one of S3's, goes nowhere", async (t) => {
  const { store, front } = await stand(t);
  const send = (method: string, target: string, name: string): Promise<Got> =>
    ask(t, front.port, { method, target, headers: { [name]: 'true' } });
  for (const [method, target] of WRITES) {
    for (const name of VENDORS) {
      const answer = await send(method, target, name);
      t.match(answer, { status: 400, code: 'InvalidArgument' }, `${method} ${target} ${name}`);
      t.match(answer.body, name, 'names the header');
    }
    for (const name of UNKNOWN) {
      const answer = await send(method, target, name);
      t.match(answer, { status: 501, code: 'NotImplemented' }, `${method} ${target} ${name}`);
      t.match(answer.body, name, 'names the header');
    }
  }
  t.equal(store.requests.length, 0);
});

t.test("a field of a form with another vendor's name is judged like the header", async (t) => {
  const { store, front } = await stand(t);
  const post = async (bucket: string, field: string): Promise<Got> => {
    const parts = [
      ['key', 'a'],
      [field, 'true'],
      ['file', 'secret', 'a.txt'],
    ] as const;
    const body = encodeForm(parts).toString('latin1');
    const boundary = (body.split('\r\n')[0] ?? '').slice(2);
    const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    return await ask(t, front.port, { method: 'POST', target: `/${bucket}`, headers: type, body });
  };
  const written = [...VENDORS, 'X-Obs-Acl', 'x-minio-extract', 'x_obs_acl', 'x-oss_object_acl'];
  for (const bucket of ['plain', 'secret'])
    for (const field of written) {
      const answer = await post(bucket, field);
      t.match(answer, { status: 400, code: 'InvalidArgument' }, `${bucket} ${field}`);
      t.match(answer.body, field.toLowerCase(), 'names the field');
    }
  t.equal(store.requests.length, 0);
  for (const field of ['x-obs-request-id', 'submit', 'x-ignore-this']) {
    t.match(await post('plain', field), { status: 204 }, field);
    t.notOk(field in (store.requests.at(-1)?.headers ?? {}), field);
  }
});

t.test('nothing that is in no list reaches a store', async (t) => {
  const { store, front } = await stand(t);
  for (const [method, target] of [...READS, ...WRITES.filter(([, at]) => !at.includes('uploadId'))]) {
    const names = method === 'GET' || method === 'HEAD' ? [...DROPPED, ...VENDORS, ...UNKNOWN] : DROPPED;
    const headers = Object.fromEntries(names.map((name) => [name, 'true']));
    await ask(t, front.port, { method, target, headers });
    const sent = store.requests.at(-1)?.headers ?? {};
    for (const name of names) t.notOk(name in sent, `${method} ${target} ${name}`);
  }
  // Without authentication nothing from a web page is served.
  const signed = await startFront(t, { port: store.port, clients: [clientWith('app', EVERYTHING)] });
  await ask(t, signed.port, {
    method: 'OPTIONS',
    target: '/plain/a',
    headers: {
      origin: 'https://a.test',
      'access-control-request-method': 'PUT',
      ...Object.fromEntries([...DROPPED, ...VENDORS, ...UNKNOWN].map((name) => [name, 'true'])),
    },
  });
  const { headers: asked = {}, method } = store.requests.at(-1) ?? {};
  t.equal(method, 'OPTIONS');
  t.match(asked, { origin: 'https://a.test', 'access-control-request-method': 'PUT' });
  for (const name of [...DROPPED, ...VENDORS, ...UNKNOWN]) t.notOk(name in asked, name);
});

t.test('an archive is not unpacked by metadata: not by a write, a link, an upload or a copy', async (t) => {
  const { store, front } = await stand(t);
  for (const name of ['x-amz-meta-snowball-auto-extract', 'x-amz-meta-minio-snowball-prefix']) {
    const headers = { [name]: 'true' };
    for (const request of [
      { method: 'PUT', target: '/plain/a', headers, body: 'tar' },
      { method: 'PUT', target: '/secret/a', headers, body: 'tar' },
      { method: 'PUT', target: `/plain/a?${name}=true`, body: 'tar' },
      { method: 'PUT', target: `/plain/a?${name.toUpperCase()}=true`, body: 'tar' },
      { method: 'POST', target: '/plain/a?uploads=', headers },
      {
        method: 'PUT',
        target: '/plain/a',
        headers: { ...headers, 'x-amz-copy-source': '/plain/b', 'x-amz-metadata-directive': 'REPLACE' },
      },
    ]) {
      const answer = await ask(t, front.port, request);
      t.match(
        answer,
        { status: 400, code: 'InvalidArgument' },
        `${request.method} ${request.target} ${name}`,
      );
      t.match(answer.body, /archive/, 'with the reason');
    }
  }
  t.equal(store.requests.length, 0);
});

t.test('a relayed copy takes no such metadata from its source', async (t) => {
  const store = await startStub(t, (request, response) => {
    if (request.url?.includes('tagging')) response.end('<Tagging><TagSet/></Tagging>');
    else
      response
        .writeHead(200, { etag: '"e"', 'content-length': '3', 'x-amz-meta-snowball-auto-extract': 'true' })
        .end('tar');
  });
  // MinIO does no UploadPartCopy under a key, and with `generic` the proxy does every copy.
  const front = await startFront(t, { port: store.port, provider: PROVIDERS.generic });
  const { status, code } = await ask(t, front.port, {
    method: 'PUT',
    target: '/secret/a',
    headers: { 'x-amz-copy-source': '/secret/b' },
  });
  t.match({ status, code }, { status: 400, code: 'InvalidArgument' });
  t.notOk(store.requests.some(({ method }) => method === 'PUT'));
});
