import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { deriveKey } from '../../src/keys/derive.ts';
import { SseKey } from '../../src/keys/key.ts';
import {
  assertSealed,
  BUCKETS,
  bodyWith,
  bytesOf,
  failureOf,
  newMarker,
  sha256,
  startStand,
} from './support.ts';
import { lineOf } from './wire.ts';

const Bucket = BUCKETS.secret;
const stand = await startStand(t);
const { s3, direct, onDisk } = stand;

/** Puts an object with a marker of its own. */
async function putMarked(Key: string, more: object = {}, bucket: string = Bucket): Promise<string> {
  const marker = newMarker();
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bodyWith(marker, 5000), ...more }));
  return marker;
}

t.test('the search of the disk finds what is stored in plain', async (t) => {
  const marker = await putMarked('plain.bin', {}, BUCKETS.plain);
  t.equal(await onDisk(marker), 1);
  t.same(await bytesOf(direct, BUCKETS.plain, 'plain.bin'), bodyWith(marker, 5000));
});

t.test('put and get', async (t) => {
  const marker = newMarker();
  const Body = bodyWith(marker, 1_000_000);
  const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'put.bin', Body }));
  t.equal(put.SSECustomerAlgorithm, 'AES256', 'clients see that the ETag may not be an MD5');
  t.equal(put.SSECustomerKeyMD5, undefined, 'the fingerprint of the key stays behind');
  t.equal(sha256(await bytesOf(s3, Bucket, 'put.bin')), sha256(Body));
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'put.bin', marker });
});

t.test('a ranged get', async (t) => {
  const marker = await putMarked('range.bin');
  const { Body, ContentRange } = await s3.send(
    new GetObjectCommand({ Bucket, Key: 'range.bin', Range: 'bytes=250-299' }),
  );
  t.equal(ContentRange, 'bytes 250-299/5000');
  t.equal(await Body?.transformToString(), bodyWith(marker, 5000).subarray(250, 300).toString());
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'range.bin', marker });
});

t.test('head, with metadata and standard headers', async (t) => {
  const marker = await putMarked('head.bin', {
    Metadata: { colour: 'blue', 'two-words': 'a  b' },
    ContentType: 'text/x-test',
    CacheControl: 'max-age=60',
    ContentDisposition: 'attachment; filename="x"',
  });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'head.bin' }));
  t.match(head, {
    ContentLength: 5000,
    ContentType: 'text/x-test',
    CacheControl: 'max-age=60',
    ContentDisposition: 'attachment; filename="x"',
    Metadata: { colour: 'blue' },
    SSECustomerAlgorithm: 'AES256',
  });
  t.equal(head.SSECustomerKeyMD5, undefined);
  t.equal((await failureOf(direct.send(new HeadObjectCommand({ Bucket, Key: 'head.bin' })))).status, 400);
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'head.bin', marker });
});

t.test('an empty object', async (t) => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }));
  t.equal((await bytesOf(s3, Bucket, 'empty')).length, 0);
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'empty' });
});

t.test('conditional requests', async (t) => {
  const marker = await putMarked('conditional.bin');
  const Key = 'conditional.bin';
  const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  t.ok(ETag);
  const matching = await s3.send(new GetObjectCommand({ Bucket, Key, IfMatch: ETag }));
  t.equal((await matching.Body?.transformToByteArray())?.length, 5000);
  t.equal((await failureOf(s3.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch: ETag })))).status, 304);
  t.equal((await failureOf(s3.send(new GetObjectCommand({ Bucket, Key, IfMatch: '"no"' })))).status, 412);
  const again = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '*' }));
  t.match(await failureOf(again), { status: 412, name: 'PreconditionFailed' });
  await assertSealed(t, stand, { bucket: Bucket, objectKey: Key, marker });
});

t.test('lists, v1 and v2, in pages and by folder', async (t) => {
  const keys = ['list/a', 'list/b', 'list/deep/c'];
  const markers = await Promise.all(keys.map((Key) => putMarked(Key)));
  const v1 = await s3.send(new ListObjectsCommand({ Bucket, Prefix: 'list/' }));
  t.same(
    v1.Contents?.map(({ Key }) => Key),
    keys,
  );
  const folder = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/' }));
  t.same(folder.CommonPrefixes, [{ Prefix: 'list/deep/' }]);
  const first = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', MaxKeys: 2 }));
  t.equal(first.IsTruncated, true);
  const rest = await s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'list/', ContinuationToken: first.NextContinuationToken }),
  );
  t.same(
    [...(first.Contents ?? []), ...(rest.Contents ?? [])].map(({ Key }) => Key),
    keys,
  );
  for (const [index, objectKey] of keys.entries())
    await assertSealed(t, stand, { bucket: Bucket, objectKey, marker: markers[index] ?? '' });
});

t.test('tagging', async (t) => {
  const marker = await putMarked('tagged.bin', { Tagging: 'first=1' });
  const Key = 'tagged.bin';
  t.same((await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet, [
    { Key: 'first', Value: '1' },
  ]);
  const TagSet = [{ Key: 'second', Value: 'a b' }];
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }));
  t.same((await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet, TagSet);
  await assertSealed(t, stand, { bucket: Bucket, objectKey: Key, marker });
});

t.test('GetObjectAttributes', async (t) => {
  const marker = await putMarked('attributes.bin');
  const question = { Bucket, Key: 'attributes.bin', ObjectAttributes: ['ObjectSize', 'ETag'] as const };
  const ask = new GetObjectAttributesCommand({
    ...question,
    ObjectAttributes: [...question.ObjectAttributes],
  });
  t.equal((await s3.send(ask)).ObjectSize, 5000);
  t.equal((await failureOf(direct.send(ask))).status, 400);
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'attributes.bin', marker });
});

t.test('delete one and many', async (t) => {
  for (const Key of ['gone/1', 'gone/2', 'gone/3']) await putMarked(Key);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone/1' }));
  t.match(await failureOf(s3.send(new GetObjectCommand({ Bucket, Key: 'gone/1' }))), {
    status: 404,
    name: 'NoSuchKey',
  });
  const Objects = [{ Key: 'gone/2' }, { Key: 'gone/3' }];
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  t.equal(Deleted?.length, 2);
  t.equal(Errors?.length ?? 0, 0);
  t.equal((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'gone/' }))).KeyCount, 0);
});

t.test('versions', async (t) => {
  const bucket = BUCKETS.split;
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  const older = await putMarked('versioned', {}, bucket);
  const newer = await putMarked('versioned', {}, bucket);
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'versioned' }));
  const { Versions = [], DeleteMarkers } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'versioned' }),
  );
  t.equal(DeleteMarkers?.length, 1);
  t.equal(Versions.length, 2);
  for (const [index, marker] of [newer, older].entries()) {
    const question = { Bucket: bucket, Key: 'versioned', VersionId: Versions[index]?.VersionId };
    const { Body } = await s3.send(new GetObjectCommand(question));
    t.match(await Body?.transformToString(), marker);
    t.equal((await failureOf(direct.send(new GetObjectCommand(question)))).status, 400);
    t.equal(await onDisk(marker), 0);
  }
});

t.test('an object written under the older key of the ring is read after the rotation', async (t) => {
  const before = await stand.withRing(['old']);
  const marker = newMarker();
  await before.send(new PutObjectCommand({ Bucket, Key: 'rotated', Body: bodyWith(marker, 5000) }));
  t.match((await bytesOf(s3, Bucket, 'rotated')).toString(), marker, 'get');
  t.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: 'rotated' }))).ContentLength, 5000, 'head');
  const lineOfHead = (Key: string) =>
    lineOf(stand.log, ({ op, objectKey }) => op === 'HeadObject' && objectKey === Key);
  const line = await lineOfHead('rotated');
  t.match(line, { ssecKeyId: 'old', attempts: 1, status: 200 }, 'the GET before it knew');
  await before.send(new PutObjectCommand({ Bucket, Key: 'rotated/head', Body: 'x' }));
  const head = { Bucket, Key: 'rotated/head' };
  t.equal((await s3.send(new HeadObjectCommand(head))).ContentLength, 1, 'head, of which nothing is known');
  t.match(await lineOfHead('rotated/head'), { ssecKeyId: 'old', attempts: 3 });
  const without = await stand.withRing(['new']);
  t.equal((await failureOf(bytesOf(without, Bucket, 'rotated'))).status, 403, 'without it, it is not');
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'rotated', marker });
});

t.test('an object that lies there in plain is not served under an encrypting rule', async (t) => {
  await direct.send(new PutObjectCommand({ Bucket, Key: 'smuggled', Body: 'x' }));
  t.match(await failureOf(bytesOf(s3, Bucket, 'smuggled')), {
    status: 403,
    name: 'AccessDenied',
    message: /in plain/,
  });
  t.equal((await failureOf(s3.send(new HeadObjectCommand({ Bucket, Key: 'smuggled' })))).status, 403);
  const migrating = await stand.withRing(['new'], ', plainReads: allow');
  t.equal((await bytesOf(migrating, Bucket, 'smuggled')).toString(), 'x', 'unless the rule says so');
  const served = await lineOf(
    stand.log,
    ({ objectKey, outcome }) => objectKey === 'smuggled' && outcome === 'served',
  );
  t.match(served, { plain: true });
  const headOf = async (s3: S3Client, Key: string): Promise<unknown> =>
    (await s3.send(new HeadObjectCommand({ Bucket, Key }))).SSECustomerAlgorithm;
  t.equal(await headOf(migrating, 'smuggled'), undefined, 'a HEAD does not call it encrypted');
  await migrating.send(new PutObjectCommand({ Bucket, Key: 'beside', Body: 'x' }));
  t.equal(await headOf(migrating, 'beside'), 'AES256', 'as it does what is');
  const itself = {
    Bucket,
    Key: 'smuggled',
    CopySource: `${Bucket}/smuggled`,
    MetadataDirective: 'REPLACE',
  } as const;
  await migrating.send(new CopyObjectCommand(itself));
  t.equal(
    (await bytesOf(s3, Bucket, 'smuggled')).toString(),
    'x',
    'a copy onto itself brings it under the rule',
  );
  t.equal(await headOf(migrating, 'smuggled'), 'AES256');
});

t.test('under derived keys each object has its own, and what was there before is read as ever', async (t) => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'before', Body: 'before' }));
  const derived = await stand.withRing(['{ key: new, derive: object }', 'new', 'old']);
  const marker = newMarker();
  const Body = bodyWith(marker, 2000);
  for (const Key of ['own/a', 'own/ä b']) await derived.send(new PutObjectCommand({ Bucket, Key, Body }));
  await derived.send(new CopyObjectCommand({ Bucket, Key: 'own/copy', CopySource: `${Bucket}/own/a` }));
  const bytes = await stand.keyBytes('new');
  for (const Key of ['own/a', 'own/ä b', 'own/copy']) {
    t.same(await bytesOf(derived, Bucket, Key), Body, Key);
    t.equal((await derived.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength, 2000);
    t.equal((await failureOf(bytesOf(s3, Bucket, Key))).status, 403, 'the master itself does not open it');
    const { base64, md5 } = deriveKey(new SseKey('new', bytes), Bucket, Key);
    const alone = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: base64, SSECustomerKeyMD5: md5 };
    t.equal((await direct.send(new GetObjectCommand({ Bucket, Key, ...alone }))).ContentLength, 2000);
    await assertSealed(t, stand, { bucket: Bucket, objectKey: Key, marker });
  }
  t.equal((await bytesOf(derived, Bucket, 'before')).toString(), 'before');
  const read = await lineOf(stand.log, ({ op, objectKey }) => op === 'GetObject' && objectKey === 'before');
  t.match(read, { ssecKeyId: 'new', attempts: 2 });
  await derived.send(
    new CopyObjectCommand({
      Bucket,
      Key: 'before',
      CopySource: `${Bucket}/before`,
      MetadataDirective: 'REPLACE',
    }),
  );
  t.equal(
    (await failureOf(bytesOf(s3, Bucket, 'before'))).status,
    403,
    'a copy onto itself gives it its own key',
  );
  t.equal((await bytesOf(derived, Bucket, 'before')).toString(), 'before');
});
