import { createHash } from 'node:crypto';
import aws4 from 'aws4';
import t from 'tap';
import { ACCESS, BUCKET, DOMAIN, REGION, startObs } from './fixture.ts';

const REFUSED = { status: 400, body: '<Code>InvalidArgument</Code>' };

await t.test('each dialect refuses the names of the other, of other stores, and unknown ones', async (t) => {
  const { ask } = await startObs(t);
  const put = { method: 'PUT', path: '/k', body: 'x' };
  for (const name of [
    'x-amz-acl',
    'x-amz-meta-a',
    'x-amz-date',
    'x-goog-meta-a',
    'x-oss-meta-a',
    'x-obs-nothing',
  ])
    t.match(await ask({ ...put, headers: { [name]: 'private' } }), REFUSED, `${name} beside OBS`);
  for (const name of [
    'x-obs-acl',
    'x-obs-meta-a',
    'x-obs-copy-source',
    'x-amz-checksum-crc32',
    'x-amz-nothing',
  ])
    t.match(
      await ask({ ...put, scheme: 'AWS', headers: { [name]: 'private' } }),
      REFUSED,
      `${name} beside AWS`,
    );
  for (const name of ['x-id', 'storagePolicy', 'x-amz-acl', 'unknown'])
    t.match(await ask({ method: 'GET', path: `/?${name}` }), REFUSED, `?${name} beside OBS`);
  for (const name of ['storageClass', 'x-obs-acl', 'unknown'])
    t.match(await ask({ method: 'GET', path: `/?${name}`, scheme: 'AWS' }), REFUSED, `?${name} beside AWS`);
  t.match(await ask({ method: 'GET', path: '/k' }), { status: 404 }, 'nothing was stored');
});

await t.test('what the SDKs of OBS send beside a signature of AWS is taken', async (t) => {
  const { ask } = await startObs(t);
  const headers = { 'x-obs-expires': '3' };
  t.match(await ask({ method: 'PUT', path: '/k', scheme: 'AWS', headers, body: 'x' }), { status: 200 });
});

await t.test('each dialect has its own words for values', async (t) => {
  const { ask } = await startObs(t);
  const put = (scheme: 'OBS' | 'AWS', name: string, value: string) =>
    ask({ method: 'PUT', path: '/k', scheme, headers: { [name]: value }, body: 'x' });
  t.match(await put('OBS', 'x-obs-storage-class', 'STANDARD_IA'), REFUSED);
  t.match(await put('AWS', 'x-amz-storage-class', 'WARM'), { status: 400 });
  t.match(await put('OBS', 'x-obs-server-side-encryption', 'aws:kms'), REFUSED);
  t.match(await put('OBS', 'x-obs-acl', 'authenticated-read'), REFUSED);
});

await t.test('OBS has no aws-chunked in its own dialect', async (t) => {
  const { ask } = await startObs(t);
  const headers = { 'content-encoding': 'aws-chunked' };
  t.match(await ask({ method: 'PUT', path: '/k', headers, body: 'x' }), REFUSED);
});

await t.test('a copy has no body', async (t) => {
  const { ask } = await startObs(t);
  await ask({ method: 'PUT', path: '/k', body: 'x' });
  const headers = { 'x-obs-copy-source': '/bucket/k' };
  t.match(await ask({ method: 'PUT', path: '/copy', headers, body: 'x' }), {
    status: 400,
    body: '<Code>MaxMessageLengthExceeded</Code>',
  });
  t.match(await ask({ method: 'PUT', path: '/copy', headers }), { status: 200 });
});

await t.test('a plus in a copy source is a space', async (t) => {
  const { ask } = await startObs(t);
  await ask({ method: 'PUT', path: '/a%20b%2Bc', body: 'x' });
  for (const source of ['bucket/a+b%2Bc', '/bucket/a%20b%2Bc', 'bucket%2Fa%20b%2Bc']) {
    const headers = { 'x-obs-copy-source': source };
    t.match(await ask({ method: 'PUT', path: '/copy', headers }), { status: 200 }, source);
  }
});

await t.test('the fourth version of AWS signs no body here', async (t) => {
  const { ask } = await startObs(t);
  const body = 'x';
  const send = async (said: string, secretAccessKey = ACCESS.secretAccessKey) => {
    const host = `${BUCKET}.${DOMAIN}`;
    const headers = { host, 'content-length': '1', 'x-amz-content-sha256': said };
    const signed = aws4.sign(
      { method: 'PUT', path: '/k', service: 's3', region: REGION, headers, body },
      { ...ACCESS, secretAccessKey },
    );
    const own = Object.entries(signed.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]);
    return await ask({ method: 'PUT', path: '/k', scheme: 'none', headers: Object.fromEntries(own), body });
  };
  t.match(await send('UNSIGNED-PAYLOAD'), { status: 200 });
  for (let i = 0; i < 5; i++) t.match(await send('UNSIGNED-PAYLOAD', 'wrong'), { status: 403 });
  t.match(await send('UNSIGNED-PAYLOAD'), { status: 400, body: '<Code>TooManyWrongSignature</Code>' });
  t.match(await send(createHash('sha256').update(body).digest('hex')), REFUSED);
});

await t.test('an object can bring headers of its own into its answers', async (t) => {
  const { ask } = await startObs(t);
  const encoded = (value: string) => Buffer.from(value).toString('base64');
  const put = (header: string) =>
    ask({ method: 'PUT', path: '/k', headers: { 'x-obs-persistent-headers': header }, body: 'x' });
  t.match(await put(`x-obs-acl:${encoded('a')}`), REFUSED);
  const name = 'x-amz-server-side-encryption-customer-algorithm';
  t.match(await put(`own:${encoded('a b')},${name}:${encoded('AES256')}`), { status: 200 });
  const own = { own: 'a b', [name]: 'AES256' };
  t.match(await ask({ method: 'GET', path: '/k', scheme: 'AWS' }), { status: 200, headers: own });
  t.match(await ask({ method: 'HEAD', path: '/k' }), { headers: { own: 'a b' } });
  await ask({ method: 'PUT', path: '/copy', headers: { 'x-obs-copy-source': '/bucket/k' } });
  t.notOk('own' in (await ask({ method: 'HEAD', path: '/copy' })).headers, 'a copy does not keep them');
});
