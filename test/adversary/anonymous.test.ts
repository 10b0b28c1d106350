import t, { type Test } from 'tap';
import type { Permissions } from '../../src/clients/permissions.ts';
import { OPERATIONS } from '../../src/s3/operations.ts';
import {
  type Ask,
  ask,
  clientWith,
  type Front,
  SSEC_KEY,
  SSEC_PREFIX,
  startFront,
  startStub,
} from './support.ts';

const CLIENT = clientWith('known', { admin: false, grants: 'all' });
const grant = (bucket: string, prefix: string, actions: readonly ('read' | 'list')[]) => ({
  bucket,
  prefix,
  actions: new Set(actions),
});
const OPEN: Permissions = {
  admin: false,
  anonymous: true,
  grants: [
    grant('secret', 'public/', ['read']),
    grant('plain', '', ['read', 'list']),
    grant('nowhere', '', ['read']),
  ],
};

async function stand(t: Test, anonymous: Permissions | 'none' = OPEN) {
  const store = await startStub(t, (_request, response) => void response.end('content'));
  const front: Front = await startFront(t, {
    port: store.port,
    clients: [CLIENT],
    ...(anonymous === 'none' ? {} : { anonymous }),
  });
  return { store, front };
}

t.test('without such a client nobody gets anything unsigned', async (t) => {
  const { store, front } = await stand(t, 'none');
  for (const target of ['/secret/public/a', '/plain/a', '/plain', '/'])
    t.match(
      await ask(t, front.port, { method: 'GET', target }),
      { status: 403, code: 'AccessDenied' },
      target,
    );
  t.equal(store.requests.length, 0);
});

t.test('an unsigned request gets what is granted, signed by the proxy and with the key', async (t) => {
  const { store, front } = await stand(t);
  t.match(await ask(t, front.port, { method: 'GET', target: '/secret/public/a' }), {
    status: 200,
    body: 'content',
  });
  const [first] = store.requests;
  t.match(first?.headers.authorization, /Credential=upstream\//);
  t.equal(first?.headers[`${SSEC_PREFIX}key`], SSEC_KEY.base64);
  for (const [method, target] of [
    ['HEAD', '/secret/public/a'],
    ['GET', '/plain/a'],
    ['HEAD', '/plain'],
  ] as const)
    t.match(await ask(t, front.port, { method, target }), { status: 200 }, `${method} ${target}`);
  const lists = await ask(t, front.port, { method: 'GET', target: '/plain?list-type=2&prefix=a' });
  t.not(lists.status, 403, 'a list that is named');
  t.match(
    front.log.filter(({ msg }) => msg === 'request').map(({ client }) => client),
    ['anonymous'],
  );
});

t.test('an unsigned request gets nothing else', async (t) => {
  const { store, front } = await stand(t);
  const refused: readonly Ask[] = [
    { method: 'GET', target: '/' },
    { method: 'GET', target: '/secret/private' },
    { method: 'GET', target: '/secret/public' },
    { method: 'GET', target: '/other/public/a' },
    { method: 'GET', target: '/nowhere/a' },
    { method: 'GET', target: '/secret?prefix=public/' },
    { method: 'GET', target: '/secret?list-type=2&prefix=public/' },
    { method: 'HEAD', target: '/secret' },
    { method: 'GET', target: '/secret?location=' },
    { method: 'GET', target: '/plain?versions=' },
    { method: 'GET', target: '/plain?uploads=' },
    { method: 'GET', target: '/plain?encryption=' },
    { method: 'GET', target: '/plain?versioning=' },
    { method: 'GET', target: '/plain?object-lock=' },
    { method: 'GET', target: '/plain/a?versionId=1' },
    { method: 'GET', target: '/plain/a?acl=' },
    { method: 'GET', target: '/plain/a?tagging=' },
    { method: 'GET', target: '/plain/a?retention=' },
    { method: 'GET', target: '/plain/a?uploadId=u' },
    { method: 'GET', target: '/plain/a?attributes=', headers: { 'x-amz-object-attributes': 'ETag' } },
    { method: 'POST', target: '/plain/a?select=&select-type=2', body: '<x/>' },
    { method: 'PUT', target: '/plain/a', body: 'x' },
    { method: 'PUT', target: '/plain/b', headers: { 'x-amz-copy-source': '/plain/a' } },
    { method: 'DELETE', target: '/plain/a' },
    { method: 'POST', target: '/plain?delete=', body: '<Delete/>' },
    { method: 'POST', target: '/plain/a?uploads=' },
    { method: 'PUT', target: '/plain' },
    { method: 'DELETE', target: '/plain' },
  ];
  for (const request of refused) {
    const answer = await ask(t, front.port, request);
    t.equal(answer.status, 403, `${request.method} ${request.target}`);
    if (request.method !== 'HEAD') t.match(answer.body, '<Message>Access Denied</Message>');
  }
  t.equal(store.requests.length, 0);
});

t.test('of all operations an anonymous client has six, whatever it is granted', async (t) => {
  const { permitsAnonymous } = await import('../../src/clients/anonymous.ts');
  const { parseTarget } = await import('../../src/s3/target.ts');
  const everything: Permissions = {
    admin: true,
    anonymous: true,
    grants: [
      { bucket: '*', prefix: '', actions: new Set(['read', 'write', 'list', 'delete', 'acl'] as const) },
    ],
  };
  const raw = { service: '/', bucket: '/bucket', object: '/bucket/key' };
  const open = OPERATIONS.filter((operation) =>
    permitsAnonymous(everything, operation, parseTarget(raw[operation.shape], undefined, [])),
  );
  t.same(open.map(({ name }) => name).toSorted(), [
    'GetBucketLocation',
    'GetObject',
    'HeadBucket',
    'HeadObject',
    'ListObjects',
    'ListObjectsV2',
  ]);
});

t.test('a signature that is wrong, old or in part is never taken for none', async (t) => {
  const { store, front } = await stand(t);
  const target = '/plain/a';
  const hex = 'a'.repeat(64);
  const traces: readonly Ask[] = [
    { method: 'GET', target, headers: { authorization: '' } },
    { method: 'GET', target, headers: { authorization: 'nonsense' } },
    { method: 'GET', target, headers: { authorization: 'Bearer token' } },
    { method: 'GET', target, headers: { authorization: 'AWS known:c2lnbmF0dXJl' } },
    { method: 'GET', target, headers: { authorization: `AWS4-HMAC-SHA256 Signature=${hex}` } },
    { method: 'GET', target, headers: { 'x-amz-date': '20260101T000000Z' } },
    { method: 'GET', target, headers: { 'x-amz-security-token': 'token' } },
    ...[
      `X-Amz-Signature=${hex}`,
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      'X-Amz-Credential=known',
      'X-Amz-Date=20260101T000000Z',
      'X-Amz-Expires=60',
      'X-Amz-SignedHeaders=host',
      'X-Amz-Security-Token=t',
      `x-amz-signature=${hex}`,
      'X-AMZ-Credential=known',
      'AWSAccessKeyId=known',
      'awsaccesskeyid=known',
      'Signature=c2ln',
      'signature=c2ln',
      'Expires=1',
      'AWSAccessKeyId=known&Signature=c2ln&Expires=9999999999',
      'OSSAccessKeyId=known',
      'GoogleAccessId=known',
      'X-Goog-Signature=00',
    ].map((query) => ({ method: 'GET', target: `${target}?${query}` })),
  ];
  for (const request of traces) {
    const answer = await ask(t, front.port, request);
    const what = `${request.target} ${JSON.stringify(request.headers ?? {})}: ${answer.status}`;
    t.ok(answer.status >= 400 && answer.status < 502, what);
  }
  const wrong = await ask(t, front.port, {
    method: 'GET',
    target,
    as: { ...CLIENT, accessKeyId: 'stranger' },
  });
  t.match(wrong, { status: 403, code: 'InvalidAccessKeyId' });
  t.equal(store.requests.length, 0);
  t.notOk(front.log.some(({ client }) => client === 'anonymous'));
});

t.test('nobody unsigned chooses the headers of an answer', async (t) => {
  const { store, front } = await stand(t);
  for (const query of [
    'response-content-type=text/html',
    'response-expires=0',
    'Response-Content-Type=text/html',
  ]) {
    const answer = await ask(t, front.port, { method: 'GET', target: `/plain/a?${query}` });
    t.match(answer, { status: 400, code: 'InvalidRequest' }, query);
    t.match(answer.body, 'Request specific response headers cannot be used for anonymous GET requests.');
  }
  t.equal(store.requests.length, 0);
});

t.test('a form without a signature is not anonymous', async (t) => {
  const { store, front } = await stand(t);
  const body =
    '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\na\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n';
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await ask(t, front.port, { method: 'POST', target: '/plain', headers, body });
  t.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
  t.equal(store.requests.length, 0);
});
