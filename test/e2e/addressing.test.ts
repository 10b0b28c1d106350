import { Agent } from 'node:https';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import t from 'tap';
import {
  assertSealed,
  BUCKETS,
  bodyWith,
  bytesOf,
  DOMAIN,
  failureOf,
  newMarker,
  REGION,
  startStand,
} from './support.ts';
import { lineOf } from './wire.ts';

const Bucket = BUCKETS.secret;
const stand = await startStand(t);
const { s3, ca, proxy } = stand;

t.test('virtual-host style under a domain of the config', async (t) => {
  const { port } = new URL(proxy.urls[0] ?? '');
  const asked: string[] = [];
  const agent = new Agent({
    ca,
    lookup: (name, options, done) => {
      asked.push(name);
      const found = { address: '127.0.0.1', family: 4 };
      if (options.all) done(null, [found]);
      else done(null, found.address, found.family);
    },
  });
  t.teardown(() => agent.destroy());
  const virtual = stand.client({
    endpoint: `https://${DOMAIN}:${port}`,
    forcePathStyle: false,
    requestHandler: { httpsAgent: agent },
  });
  const marker = newMarker();
  await virtual.send(new PutObjectCommand({ Bucket, Key: 'virtual//host', Body: bodyWith(marker, 500) }));
  t.same([...new Set(asked)], [`${Bucket}.${DOMAIN}`]);
  t.match((await bytesOf(virtual, Bucket, 'virtual//host')).toString(), marker);
  t.match(
    (await bytesOf(s3, Bucket, 'virtual//host')).toString(),
    marker,
    'path style finds the same object',
  );
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'virtual//host', marker });
});

t.test('says where a bucket is, as the client sees it', async (t) => {
  await stand.direct.send(new DeleteBucketCommand({ Bucket: BUCKETS.plain }));
  const { Location } = await s3.send(new CreateBucketCommand({ Bucket: BUCKETS.plain }));
  t.equal(Location, `/${BUCKETS.plain}`);
  const { BucketRegion } = await s3.send(new HeadBucketCommand({ Bucket: BUCKETS.plain }));
  t.equal(BucketRegion, REGION);
});

t.test('a bucket without a rule and wrong credentials are refused', async (t) => {
  t.equal((await failureOf(s3.send(new HeadBucketCommand({ Bucket: 'nobodys' })))).status, 403);
  const stranger = stand.client({ credentials: { accessKeyId: 'stranger', secretAccessKey: 'guess' } });
  t.match(await failureOf(bytesOf(stranger, Bucket, 'x')), { status: 403, name: 'InvalidAccessKeyId' });
  const liar = stand.client({ credentials: { accessKeyId: 'client', secretAccessKey: 'guess' } });
  t.match(await failureOf(bytesOf(liar, Bucket, 'x')), { status: 403, name: 'SignatureDoesNotMatch' });
});

t.test('a key of the client where the rule supplies keys is refused', async (t) => {
  const SSECustomerKey = Buffer.alloc(32, 'not a real key').toString('base64');
  const put = new PutObjectCommand({
    Bucket,
    Key: 'own',
    Body: 'x',
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey,
  });
  t.match(await failureOf(s3.send(put)), { status: 400, name: 'InvalidRequest', message: /clientHeaders/ });
});

/** Bits of object keys that proxies, parsers and signers are known to trip over. */
const AWKWARD = [
  '/',
  '//',
  '..',
  '.',
  './',
  '/../',
  '%2F',
  '%',
  '%25',
  '+',
  ' ',
  '#',
  '?',
  '&',
  '=',
  ';',
  ':',
  '@',
  '!',
  "'",
  '(',
  ')',
  '*',
  '\\',
  '{',
  '}',
  '|',
  '^',
  '`',
  '"',
  '<',
  '>',
  '[',
  ']',
  '~',
  'ä',
  'e\u0301',
  '日本',
  '🔑',
  '\ufeff',
  '\u00a0',
];

const objectKeys = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...AWKWARD) },
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((bits) => bits.join(''))
  // Control characters are no XML, so no list could show them.
  .filter((text) => text.isWellFormed() && !/[\p{Cc}\ufffe\uffff]/u.test(text));

t.test('object keys survive put, list and get byte for byte', async (t) => {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(objectKeys, async (tail) => {
      const Key = `${tried++}${tail}`;
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
      if (Contents[0]?.Key !== Key) throw new Error(`listed as ${JSON.stringify(Contents[0]?.Key)}`);
      const got = (await bytesOf(s3, Bucket, Key)).toString();
      if (got !== Key) throw new Error(`got ${JSON.stringify(got)}`);
      await lineOf(stand.log, ({ op, objectKey }) => op === 'GetObject' && objectKey === Key);
    }),
    { numRuns: 60 },
  );
  t.pass(`${tried} object keys`);
});

t.test('object keys that begin like nothing else', async (t) => {
  for (const Key of [
    '/leading',
    '//two',
    '/',
    '..',
    '../up',
    './here',
    '%2Fcoded',
    '#hash',
    '?query=1',
    '+',
    ' ',
    'a/../b',
  ]) {
    const { $metadata } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    t.equal($metadata.httpStatusCode, 200, JSON.stringify(Key));
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    t.ok(
      Contents.some((entry) => entry.Key === Key),
      `${JSON.stringify(Key)} is listed as it is`,
    );
    t.equal((await bytesOf(s3, Bucket, Key)).toString(), Key);
    await assertSealed(t, stand, { bucket: Bucket, objectKey: Key });
  }
});
