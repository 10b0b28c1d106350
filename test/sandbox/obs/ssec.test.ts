import { randomBytes } from 'node:crypto';
import t from 'tap';
import { keyHeaders, type ObsFixture, startObs } from './fixture.ts';

const [KEY, OTHER] = [keyHeaders(randomBytes(32)), keyHeaders(randomBytes(32))];
const UNFIT = { status: 400, body: '<Code>InvalidEncryptionAlgorithmError</Code>' };
const ECHO = {
  'x-obs-server-side-encryption-customer-algorithm': 'AES256',
  'x-obs-server-side-encryption-customer-key-md5': KEY['x-obs-server-side-encryption-customer-key-md5'],
};

/** The headers of the key that opens a copy's source. */
function sourceKey(key: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name.replace('x-obs-', 'x-obs-copy-source-'), value]),
  );
}

async function initiate({ ask }: ObsFixture, headers: Record<string, string>): Promise<string> {
  const { body } = await ask({ method: 'POST', path: '/mp?uploads', headers });
  return /<UploadId>(\w{32})<\/UploadId>/.exec(body)?.[1] ?? '';
}

await t.test('a read with a wrong, a missing or a needless key has a code of its own', async (t) => {
  const { ask } = await startObs(t);
  t.match(await ask({ method: 'PUT', path: '/k', headers: KEY, body: 'x' }), { status: 200, headers: ECHO });
  await ask({ method: 'PUT', path: '/plain', body: 'x' });
  t.match(await ask({ method: 'GET', path: '/k', headers: KEY }), { status: 200, body: 'x', headers: ECHO });
  t.match(await ask({ method: 'GET', path: '/k', headers: OTHER }), UNFIT);
  t.match(await ask({ method: 'GET', path: '/k' }), UNFIT);
  t.match(await ask({ method: 'GET', path: '/plain', headers: KEY }), UNFIT);
  t.match(await ask({ method: 'HEAD', path: '/k', headers: OTHER }), {
    status: 400,
    headers: { 'x-obs-error-code': 'InvalidEncryptionAlgorithmError' },
  });
  t.match(await ask({ method: 'GET', path: '/k', scheme: 'AWS' }), UNFIT);
});

await t.test('each version has its own key', async (t) => {
  const { ask } = await startObs(t);
  const enabled = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  await ask({ method: 'PUT', path: '/?versioning', body: enabled });
  const [first, second] = [
    await ask({ method: 'PUT', path: '/k', headers: KEY, body: 'first' }),
    await ask({ method: 'PUT', path: '/k', headers: OTHER, body: 'second' }),
  ];
  const read = (answer: typeof first, headers: Record<string, string>) =>
    ask({ method: 'GET', path: `/k?versionId=${String(answer.headers['x-obs-version-id'])}`, headers });
  t.match(await read(first, KEY), { status: 200, body: 'first' });
  t.match(await read(second, OTHER), { status: 200, body: 'second' });
  t.match(await read(first, OTHER), UNFIT);
  t.match(await ask({ method: 'GET', path: '/k', headers: KEY }), UNFIT);
  const removed = await ask({ method: 'DELETE', path: '/k' });
  t.match(removed, { status: 204, headers: { 'x-obs-delete-marker': 'true' } });
  t.match(await read(first, KEY), { status: 200, body: 'first' });
  t.match(await ask({ method: 'HEAD', path: '/k', headers: KEY }), {
    status: 404,
    headers: { 'x-obs-delete-marker': 'true', 'x-obs-error-code': 'NoSuchKey' },
  });
});

await t.test('an upload has one key, which its completion does not take', async (t) => {
  const obs = await startObs(t);
  const { ask } = obs;
  const uploadId = await initiate(obs, KEY);
  const part = (headers: Record<string, string>, number = 1) =>
    ask({
      method: 'PUT',
      path: `/mp?partNumber=${number}&uploadId=${uploadId}`,
      headers,
      body: 'p'.repeat(102_400),
    });
  t.match(await part({}), UNFIT);
  t.match(await part(OTHER), UNFIT);
  const one = await part(KEY);
  t.match(one, { status: 200, headers: ECHO });
  await ask({ method: 'PUT', path: '/source', headers: OTHER, body: 'source' });
  const two = await ask({
    method: 'PUT',
    path: `/mp?partNumber=2&uploadId=${uploadId}`,
    headers: { ...KEY, ...sourceKey(OTHER), 'x-obs-copy-source': '/bucket/source' },
  });
  t.match(two, { status: 200, headers: ECHO });
  const copied = /<ETag>&quot;(\w+)&quot;<\/ETag>/.exec(two.body)?.[1];
  const parts = [one.headers.etag, copied].map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const document = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
  const complete = (headers: Record<string, string>) =>
    ask({ method: 'POST', path: `/mp?uploadId=${uploadId}`, headers, body: document });
  t.match(await complete(KEY), { status: 400, body: '<Code>InvalidRequest</Code>' });
  t.match(await ask({ method: 'GET', path: `/mp?uploadId=${uploadId}`, headers: KEY }), { status: 400 });
  t.match(await complete({}), { status: 200, body: /<ETag>&quot;\w{32}-2&quot;<\/ETag>/ });
  const got = await ask({ method: 'GET', path: '/mp', headers: KEY });
  t.equal(got.body, `${'p'.repeat(102_400)}source`);
});

await t.test('a part of less than 100 KB is too small', async (t) => {
  const obs = await startObs(t);
  const uploadId = await initiate(obs, {});
  const etags: string[] = [];
  for (const [number, size] of [
    [1, 102_399],
    [2, 1],
  ] as const) {
    const path = `/mp?partNumber=${number}&uploadId=${uploadId}`;
    etags.push(String((await obs.ask({ method: 'PUT', path, body: 'p'.repeat(size) })).headers.etag));
  }
  const parts = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
  const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
  t.match(await obs.ask({ method: 'POST', path: `/mp?uploadId=${uploadId}`, body }), {
    status: 400,
    body: '<Code>EntityTooSmall</Code>',
  });
});

await t.test('a copy onto itself changes the encryption, but not with a metadata directive', async (t) => {
  const { ask } = await startObs(t);
  await ask({ method: 'PUT', path: '/k', headers: { ...KEY, 'x-obs-meta-a': '1' }, body: 'x' });
  const headers = { 'x-obs-copy-source': '/bucket/k', ...sourceKey(KEY), ...OTHER };
  const directed = (directive: string) =>
    ask({ method: 'PUT', path: '/k', headers: { ...headers, 'x-obs-metadata-directive': directive } });
  t.match(await directed('COPY'), { status: 400, body: '<Code>InvalidRequest</Code>' });
  t.match(await directed('REPLACE'), { status: 400 });
  t.match(await ask({ method: 'PUT', path: '/k', headers }), { status: 200, body: '<ETag>' });
  t.match(await ask({ method: 'GET', path: '/k', headers: OTHER }), {
    body: 'x',
    headers: { 'x-obs-meta-a': '1' },
  });
  const elsewhere = { ...headers, ...sourceKey(OTHER), 'x-obs-metadata-directive': 'REPLACE' };
  t.match(await ask({ method: 'PUT', path: '/other', headers: elsewhere }), { status: 200 });
  t.match(await ask({ method: 'PUT', path: '/k2', headers: { 'x-obs-copy-source': '/bucket/k' } }), UNFIT);
});

await t.test('keys do not come over plain HTTP, but for a copy that ends without one', async (t) => {
  const { ask } = await startObs(t, { plain: true });
  const refused = { status: 400, body: '<Code>InvalidRequest</Code>' };
  t.match(await ask({ method: 'PUT', path: '/k', headers: KEY, body: 'x' }), refused);
  t.match(await ask({ method: 'PUT', path: '/k', body: 'x' }), { status: 200 });
  t.match(await ask({ method: 'GET', path: '/k', headers: KEY }), refused);
  const headers = { 'x-obs-copy-source': '/bucket/k', ...sourceKey(KEY) };
  t.match(await ask({ method: 'PUT', path: '/copy', headers }), UNFIT, 'the key is read');
  const kms = { 'x-obs-server-side-encryption': 'kms' };
  t.match(
    await ask({ method: 'PUT', path: '/kms', headers: kms, body: 'x' }),
    refused,
    'nor what KMS encrypts',
  );
});

await t.test('a default encryption is of the store alone, and a key overrides it', async (t) => {
  const { ask } = await startObs(t);
  const rule = (algorithm: string) =>
    `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>${algorithm}</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;
  t.match(await ask({ method: 'GET', path: '/?encryption' }), {
    status: 404,
    body: '<Code>NoSuchEncryptionConfiguration</Code>',
  });
  for (const wrong of ['SSE-C', 'aws:kms', ''])
    t.match(await ask({ method: 'PUT', path: '/?encryption', body: rule(wrong) }), { status: 400 }, wrong);
  t.match(await ask({ method: 'PUT', path: '/?encryption', body: rule('kms') }), { status: 200 });
  t.match(await ask({ method: 'GET', path: '/?encryption' }), { body: '<SSEAlgorithm>kms</SSEAlgorithm>' });
  t.match(await ask({ method: 'GET', path: '/?encryption', scheme: 'AWS' }), {
    body: '<SSEAlgorithm>aws:kms</SSEAlgorithm>',
  });
  const kms = { headers: { 'x-obs-server-side-encryption': 'kms' } };
  t.match(await ask({ method: 'PUT', path: '/default', body: 'x' }), kms);
  t.match(await ask({ method: 'HEAD', path: '/default' }), kms);
  const put = await ask({ method: 'PUT', path: '/keyed', headers: KEY, body: 'x' });
  t.match(put, { status: 200, headers: ECHO });
  t.notOk('x-obs-server-side-encryption' in put.headers);
  t.match(await ask({ method: 'GET', path: '/keyed', headers: KEY }), { status: 200, body: 'x' });
  const both = { ...KEY, 'x-obs-server-side-encryption': 'kms' };
  t.match(await ask({ method: 'PUT', path: '/both', headers: both, body: 'x' }), { status: 400 });
  t.match(await ask({ method: 'DELETE', path: '/?encryption' }), { status: 204 });
  t.notOk('x-obs-server-side-encryption' in (await ask({ method: 'PUT', path: '/p', body: 'x' })).headers);
});

await t.test('a policy denies uploads without the algorithm', async (t) => {
  const obs = await startObs(t);
  const { ask } = obs;
  const policy = JSON.stringify({
    Statement: [
      {
        Sid: 'deny-unencrypted',
        Effect: 'Deny',
        Principal: { ID: ['*'] },
        Action: ['PutObject'],
        Resource: ['bucket/*'],
        Condition: { StringNotEquals: { 'x-obs-server-side-encryption-customer-algorithm': ['AES256'] } },
      },
    ],
  });
  t.equal((await ask({ method: 'PUT', path: '/?policy', body: policy })).status, 204);
  t.match(await ask({ method: 'GET', path: '/?policy' }), { status: 200, body: policy });
  const denied = { status: 403, body: '<Code>AccessDenied</Code>' };
  t.match(await ask({ method: 'PUT', path: '/k', body: 'x' }), denied);
  t.match(await ask({ method: 'POST', path: '/k?append&position=0', body: 'x' }), denied);
  t.match(await ask({ method: 'POST', path: '/k?uploads' }), denied);
  t.match(await ask({ method: 'PUT', path: '/k', headers: KEY, body: 'x' }), { status: 200 });
  const copy = { 'x-obs-copy-source': '/bucket/k', ...sourceKey(KEY) };
  t.match(await ask({ method: 'PUT', path: '/copy', headers: copy }), denied);
  t.match(await ask({ method: 'PUT', path: '/copy', headers: { ...copy, ...KEY } }), { status: 200 });
  const uploadId = await initiate(obs, KEY);
  const path = `/mp?uploadId=${uploadId}`;
  const { headers } = await ask({ method: 'PUT', path: `${path}&partNumber=1`, headers: KEY, body: 'x' });
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${headers.etag}</ETag></Part></CompleteMultipartUpload>`;
  t.match(await ask({ method: 'POST', path, body }), { status: 200 });
  const wider = policy.replace('"Deny"', '"Allow"');
  t.match(
    await ask({ method: 'PUT', path: '/?policy', body: wider }),
    { status: 501 },
    'what nobody applies is not kept',
  );
  t.equal((await ask({ method: 'DELETE', path: '/?policy' })).status, 204);
  t.match(await ask({ method: 'PUT', path: '/plain', body: 'x' }), { status: 200 });
});
