import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { failureOf, md5Hex, newKey, startFixture } from './fixture.ts';

const BODY = 'marker-in-the-body '.repeat(100);
const NEEDS_KEY =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';
const MUST = 'Requests specifying Server Side Encryption with Customer provided keys must';

await t.test('an object put with a key', async (t) => {
  const { s3, disk } = await startFixture(t);
  const key = newKey();
  const other = newKey();
  const at = { Bucket: 'bucket', Key: 'secret' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const put = await s3.send(new PutObjectCommand({ ...at, Body: BODY, ...key.sdk }));

  await t.test('echoes algorithm and key MD5, and has an ETag that is not the MD5', async (t) => {
    t.equal(put.SSECustomerAlgorithm, 'AES256');
    t.equal(put.SSECustomerKeyMD5, key.sdk.SSECustomerKeyMD5);
    t.match(put.ETag, /^"[0-9a-f]{32}"$/);
    t.not(put.ETag, `"${md5Hex(BODY)}"`);
    const again = await s3.send(
      new PutObjectCommand({ Bucket: 'bucket', Key: 'again', Body: BODY, ...key.sdk }),
    );
    t.not(again.ETag, put.ETag);
  });
  await t.test('comes back with that key, whole and in ranges across AES blocks', async (t) => {
    const got = await s3.send(new GetObjectCommand({ ...at, ...key.sdk }));
    t.equal(await got.Body?.transformToString(), BODY);
    t.equal(got.SSECustomerKeyMD5, key.sdk.SSECustomerKeyMD5);
    for (const [first, last] of [
      [0, 0],
      [1, 15],
      [15, 16],
      [16, 31],
      [17, 400],
      [1899, 1899],
    ] as const) {
      const part = await s3.send(
        new GetObjectCommand({ ...at, ...key.sdk, Range: `bytes=${first}-${last}` }),
      );
      t.equal(await part.Body?.transformToString(), BODY.slice(first, last + 1), `${first}-${last}`);
    }
    const suffix = await s3.send(new GetObjectCommand({ ...at, ...key.sdk, Range: 'bytes=-5' }));
    t.equal(await suffix.Body?.transformToString(), BODY.slice(-5));
  });
  await t.test('is refused without the key', async (t) => {
    t.match(await failureOf(s3.send(new GetObjectCommand(at))), {
      status: 400,
      name: 'InvalidRequest',
      message: NEEDS_KEY,
    });
    t.match(await failureOf(s3.send(new HeadObjectCommand(at))), { status: 400 });
    t.match(await failureOf(s3.send(new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ETag'] }))), {
      status: 400,
      message: NEEDS_KEY,
    });
  });
  await t.test('is refused with another key', async (t) => {
    t.match(await failureOf(s3.send(new GetObjectCommand({ ...at, ...other.sdk }))), {
      status: 403,
      name: 'AccessDenied',
      message: `${MUST} provide the correct secret key.`,
    });
    t.match(await failureOf(s3.send(new HeadObjectCommand({ ...at, ...other.sdk }))), { status: 403 });
  });
  await t.test('leaves neither the body nor the key on the disk', async (t) => {
    const files = await disk();
    t.ok(files.length > 0);
    for (const needle of [
      'marker-in-the-body',
      key.sdk.SSECustomerKey,
      key.bytes,
      key.bytes.toString('hex'),
    ]) {
      t.notOk(files.some((file) => file.includes(needle)));
    }
  });
  await t.test('is stored in two different ciphertexts when it is put twice', async (t) => {
    const files = (await disk())
      .filter((file) => file.length === BODY.length)
      .map((file) => file.toString('hex'));
    t.ok(files.length >= 2);
    t.equal(new Set(files).size, files.length);
  });
});

await t.test('a key for a plain object is not applicable', async (t) => {
  const { s3, disk } = await startFixture(t);
  const at = { Bucket: 'bucket', Key: 'plain' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const put = await s3.send(new PutObjectCommand({ ...at, Body: BODY }));
  t.equal(put.ETag, `"${md5Hex(BODY)}"`);
  t.match(await failureOf(s3.send(new GetObjectCommand({ ...at, ...newKey().sdk }))), {
    status: 400,
    name: 'InvalidRequest',
    message: 'The encryption parameters are not applicable to this object.',
  });
  t.ok(
    (await disk()).some((file) => file.includes('marker-in-the-body')),
    'plain is plain on the disk',
  );
});

await t.test('malformed SSE-C headers get the codes and messages of AWS', async (t) => {
  const { s3, raw } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const good = newKey().headers;
  const P = 'x-amz-server-side-encryption-customer-';
  const without = (name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(good).filter(([header]) => header !== P + name));
  const cases: [string, Record<string, string>, string, string][] = [
    [
      'no algorithm',
      without('algorithm'),
      'InvalidArgument',
      `${MUST} provide a valid encryption algorithm.`,
    ],
    ['no key', without('key'), 'InvalidArgument', `${MUST} provide an appropriate secret key.`],
    [
      'an unknown algorithm',
      { ...good, [`${P}algorithm`]: 'AES128' },
      'InvalidEncryptionAlgorithmError',
      'The Encryption request you specified is not valid. Supported value: AES256.',
    ],
    [
      'a short key',
      { ...good, [`${P}key`]: Buffer.alloc(16, 1).toString('base64') },
      'InvalidArgument',
      'The secret key was invalid for the specified algorithm.',
    ],
    [
      "another key's MD5",
      { ...good, [`${P}key-md5`]: newKey().sdk.SSECustomerKeyMD5 },
      'InvalidArgument',
      'The calculated MD5 hash of the key did not match the hash that was provided.',
    ],
    [
      'managed encryption beside it',
      { ...good, 'x-amz-server-side-encryption': 'AES256' },
      'InvalidArgument',
      'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
    ],
  ];
  for (const [name, headers, code, message] of cases) {
    const { status, body } = await raw({ method: 'PUT', path: '/bucket/k', headers, body: 'x' });
    t.equal(status, 400, name);
    t.match(body, `<Code>${code}</Code><Message>${message}</Message>`, name);
  }
});

await t.test('plain HTTP', async (t) => {
  const { s3, raw } = await startFixture(t, { plain: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const { status, body } = await raw({
    method: 'PUT',
    path: '/bucket/k',
    headers: newKey().headers,
    body: 'x',
  });
  t.equal(status, 400);
  t.match(body, `<Code>InvalidRequest</Code><Message>${MUST} be made over a secure connection.</Message>`);
});

await t.test('copies in all four combinations, each end with its own key', async (t) => {
  const { s3 } = await startFixture(t);
  const from = newKey();
  const to = newKey();
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a plain+ü', Body: BODY }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'secret', Body: BODY, ...from.sdk }));
  for (const sourceKey of ['a plain+ü', 'secret']) {
    for (const encrypted of [false, true]) {
      const Key = `copy of ${sourceKey} ${encrypted}`;
      await s3.send(
        new CopyObjectCommand({
          Bucket: 'bucket',
          Key,
          CopySource: `bucket/${encodeURIComponent(sourceKey)}`,
          ...(sourceKey === 'secret' ? from.copySource : {}),
          ...(encrypted ? to.sdk : {}),
        }),
      );
      const got = await s3.send(
        new GetObjectCommand({ Bucket: 'bucket', Key, ...(encrypted ? to.sdk : {}) }),
      );
      t.equal(await got.Body?.transformToString(), BODY, Key);
      t.equal(got.ETag === `"${md5Hex(BODY)}"`, !encrypted, 'only the plain copy has the MD5 for an ETag');
    }
  }
  const copy = { Bucket: 'bucket', Key: 'x', CopySource: 'bucket/secret' };
  t.match(await failureOf(s3.send(new CopyObjectCommand(copy))), { status: 400, message: NEEDS_KEY });
  t.match(await failureOf(s3.send(new CopyObjectCommand({ ...copy, ...to.copySource }))), { status: 403 });
  t.match(
    await failureOf(
      s3.send(
        new CopyObjectCommand({ ...copy, CopySource: 'bucket/a%20plain%2B%C3%BC', ...from.copySource }),
      ),
    ),
    { status: 400, message: 'The encryption parameters are not applicable to this object.' },
  );
});

await t.test('a copy onto itself rotates the key and keeps the metadata', async (t) => {
  const { s3 } = await startFixture(t);
  const old = newKey();
  const fresh = newKey();
  const at = { Bucket: 'bucket', Key: 'k' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ ...at, Body: BODY, Metadata: { a: 'b' }, ...old.sdk }));
  await s3.send(new CopyObjectCommand({ ...at, CopySource: 'bucket/k', ...old.copySource, ...fresh.sdk }));
  t.match(await failureOf(s3.send(new GetObjectCommand({ ...at, ...old.sdk }))), { status: 403 });
  const got = await s3.send(new GetObjectCommand({ ...at, ...fresh.sdk }));
  t.equal(await got.Body?.transformToString(), BODY);
  t.strictSame(got.Metadata, { a: 'b' });
});
