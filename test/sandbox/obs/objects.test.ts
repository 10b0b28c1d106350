import { createHash, randomBytes } from 'node:crypto';
import t from 'tap';
import { BUCKET, keyHeaders, startObs } from './fixture.ts';

await t.test('an object comes and goes in the dialect of OBS', async (t) => {
  const { ask } = await startObs(t);
  const put = await ask({
    method: 'PUT',
    path: '/dir/a%20b',
    headers: { 'x-obs-meta-colour': 'red', 'x-obs-storage-class': 'WARM', 'content-type': 'text/plain' },
    body: 'hello',
  });
  t.match(put, { status: 200, headers: { server: 'OBS', etag: '"5d41402abc4b2a76b9719d911017c592"' } });
  t.match(put.headers['x-obs-request-id'], /^[0-9A-F]{32}$/);
  t.ok(put.headers['x-obs-id-2']);
  t.ok(put.headers.date);
  const got = await ask({ method: 'GET', path: '/dir/a%20b' });
  t.match(got, {
    status: 200,
    body: 'hello',
    headers: { 'x-obs-meta-colour': 'red', 'x-obs-storage-class': 'WARM', 'content-type': 'text/plain' },
  });
  t.notOk(Object.keys(got.headers).some((name) => name.startsWith('x-amz-')));
  t.match(await ask({ method: 'HEAD', path: '/dir/a%20b' }), {
    status: 200,
    headers: { 'content-length': '5' },
  });
  const list = await ask({ method: 'GET', path: '/?prefix=dir%2F' });
  t.match(list.body, '<Key>dir/a b</Key>');
  t.match(list.body, '<StorageClass>WARM</StorageClass>');
  t.match(list.body, 'http://obs.myhuaweicloud.com/doc/2015-06-30/');
  t.equal((await ask({ method: 'DELETE', path: '/dir/a%20b' })).status, 204);
  const gone = await ask({ method: 'GET', path: '/dir/a%20b' });
  t.match(gone, { status: 404, body: '<Code>NoSuchKey</Code>' });
});

await t.test('the same object in the dialect of AWS, under its second signature', async (t) => {
  const { ask } = await startObs(t);
  await ask({ method: 'PUT', path: '/k', headers: { 'x-obs-storage-class': 'COLD' }, body: 'x' });
  const got = await ask({ method: 'GET', path: '/k', scheme: 'AWS' });
  t.match(got, { status: 200, body: 'x', headers: { 'x-amz-storage-class': 'GLACIER' } });
  t.ok(got.headers['x-amz-request-id']);
  t.notOk(Object.keys(got.headers).some((name) => name.startsWith('x-obs-')));
  t.match(
    (await ask({ method: 'GET', path: '/', scheme: 'AWS' })).body,
    '<StorageClass>GLACIER</StorageClass>',
  );
});

await t.test('the negotiation needs no signature', async (t) => {
  const { ask } = await startObs(t);
  const at = { method: 'HEAD', path: '/?apiversion', scheme: 'none' } as const;
  t.match(await ask(at), { status: 200, headers: { 'x-obs-api': '3.0' } });
  t.match(await ask({ ...at, bucket: '' }), { status: 200, headers: { 'x-obs-api': '3.0' } });
  t.match(await ask({ ...at, bucket: 'missing' }), { status: 404 });
  t.match(await ask({ ...at, method: 'GET' }), { status: 403 });
});

await t.test('what a HEAD cannot say in a document it says in headers', async (t) => {
  const { ask } = await startObs(t);
  t.match(await ask({ method: 'HEAD', path: '/none' }), {
    status: 404,
    headers: { 'x-obs-error-code': 'NoSuchKey', 'x-obs-error-message': /./ },
  });
  t.match(await ask({ method: 'HEAD', path: '/none', scheme: 'AWS' }), {
    status: 404,
    headers: { 'x-amz-error-code': 'NoSuchKey' },
  });
});

await t.test('buckets are named in the Host header only', async (t) => {
  const { ask } = await startObs(t);
  const refused = { status: 403, body: '<Code>VirtualHostDomainRequired</Code>' };
  t.match(await ask({ method: 'GET', path: `/${BUCKET}`, bucket: '' }), refused);
  t.match(await ask({ method: 'GET', path: `/${BUCKET}/k`, bucket: '', scheme: 'AWS' }), refused);
  const buckets = await ask({ method: 'GET', path: '/', bucket: '' });
  t.match(buckets.body, `<Name>${BUCKET}</Name>`);
  t.match(buckets.body, '<BucketType>OBJECT</BucketType>');
});

await t.test('a body without a length is taken, as the SDK for Java sends it', async (t) => {
  const { ask } = await startObs(t);
  t.match(await ask({ method: 'PUT', path: '/k', chunked: true, body: 'streamed' }), { status: 200 });
  t.match(await ask({ method: 'GET', path: '/k' }), { body: 'streamed' });
});

await t.test('the ETag of an encrypted object is the MD5 of what lies on the disk', async (t) => {
  const { ask, disk } = await startObs(t);
  const body = 'marker '.repeat(50);
  const bytes = randomBytes(32);
  const put = await ask({ method: 'PUT', path: '/k', headers: keyHeaders(bytes), body });
  const md5s = (await disk()).map((file) => `"${createHash('md5').update(file).digest('hex')}"`);
  t.ok(md5s.includes(put.headers.etag ?? ''));
  for (const secret of ['marker', bytes, bytes.toString('base64')])
    t.notOk((await disk()).some((file) => file.includes(secret)));
});
