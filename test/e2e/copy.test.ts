import { CopyObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { assertSealed, BUCKETS, bodyWith, bytesOf, failureOf, newMarker, startStand } from './support.ts';

const stand = await startStand(t);
const { s3, direct, onDisk } = stand;

for (const from of [BUCKETS.secret, BUCKETS.plain]) {
  for (const to of [BUCKETS.secret, BUCKETS.plain]) {
    t.test(`CopyObject from ${from} to ${to}`, async (t) => {
      const marker = newMarker();
      const Body = bodyWith(marker, 5000);
      const Metadata = { colour: 'blue' };
      await s3.send(new PutObjectCommand({ Bucket: from, Key: 'source', Body, Metadata }));
      const before = await onDisk(marker);
      const copy = { Bucket: to, Key: `from-${from}`, CopySource: `/${from}/source` };
      const { CopyObjectResult } = await s3.send(new CopyObjectCommand(copy));
      t.ok(CopyObjectResult?.ETag);
      t.same(await bytesOf(s3, to, copy.Key), Body);
      t.match(await s3.send(new HeadObjectCommand({ Bucket: to, Key: copy.Key })), { Metadata });
      if (to === BUCKETS.secret) await assertSealed(t, stand, { bucket: to, objectKey: copy.Key });
      else t.same(await bytesOf(direct, to, copy.Key), Body, 'the store gives it to its owner');
      t.equal(await onDisk(marker), before + (to === BUCKETS.plain ? 1 : 0));
    });
  }
}

t.test('a copy onto itself re-encrypts an object of the older key under the newer', async (t) => {
  const before = await stand.withRing(['old']);
  const after = await stand.withRing(['new']);
  const object = { Bucket: BUCKETS.secret, Key: 'rotated' };
  await before.send(new PutObjectCommand({ ...object, Body: 'rotate me' }));
  t.equal((await failureOf(bytesOf(after, object.Bucket, object.Key))).status, 403);
  await s3.send(
    new CopyObjectCommand({
      ...object,
      CopySource: `${object.Bucket}/${object.Key}`,
      MetadataDirective: 'REPLACE',
    }),
  );
  t.equal((await bytesOf(after, object.Bucket, object.Key)).toString(), 'rotate me');
});

t.test('the rule of the prefix decides for each end', async (t) => {
  const marker = newMarker();
  const Bucket = BUCKETS.split;
  await s3.send(new PutObjectCommand({ Bucket, Key: 'open/a', Body: bodyWith(marker, 500) }));
  t.equal(await onDisk(marker), 1);
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'closed/a', CopySource: `${Bucket}/open/a` }));
  t.equal(await onDisk(marker), 1);
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'closed/a' });
});

t.test('a copy from a bucket without a rule is refused', async (t) => {
  const copy = { Bucket: BUCKETS.plain, Key: 'stolen', CopySource: 'nobodys/secret' };
  t.match(await failureOf(s3.send(new CopyObjectCommand(copy))), { status: 403, name: 'AccessDenied' });
});
