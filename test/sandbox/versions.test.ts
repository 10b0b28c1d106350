import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { failureOf, newKey, startFixture } from './fixture.ts';

const AT = { Bucket: 'bucket', Key: 'k' };

async function setVersioning(s3: S3Client, Status: 'Enabled' | 'Suspended'): Promise<void> {
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'bucket', VersioningConfiguration: { Status } }));
}

await t.test('versions with different keys, a delete marker, and their removal', async (t) => {
  const { s3, disk } = await startFixture(t);
  const keys = [newKey(), newKey()] as const;
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await setVersioning(s3, 'Enabled');
  t.equal((await s3.send(new GetBucketVersioningCommand({ Bucket: 'bucket' }))).Status, 'Enabled');
  const first = await s3.send(new PutObjectCommand({ ...AT, Body: 'first', ...keys[0].sdk }));
  const second = await s3.send(new PutObjectCommand({ ...AT, Body: 'second', ...keys[1].sdk }));
  t.not(first.VersionId, second.VersionId);
  const old = { ...AT, VersionId: first.VersionId };
  const got = await s3.send(new GetObjectCommand({ ...old, ...keys[0].sdk }));
  t.equal(await got.Body?.transformToString(), 'first');
  t.match(await failureOf(s3.send(new GetObjectCommand({ ...old, ...keys[1].sdk }))), { status: 403 });

  const marker = await s3.send(new DeleteObjectCommand(AT));
  t.equal(marker.DeleteMarker, true);
  t.match(await failureOf(s3.send(new GetObjectCommand(AT))), { name: 'NoSuchKey', status: 404 });
  t.match(await failureOf(s3.send(new HeadObjectCommand({ ...AT, VersionId: marker.VersionId }))), {
    status: 405,
  });
  t.equal((await s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }))).KeyCount, 0);
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: 'bucket' }));
  t.strictSame(
    listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    [
      [second.VersionId, false],
      [first.VersionId, false],
    ],
  );
  t.match(listed.DeleteMarkers, [{ VersionId: marker.VersionId, IsLatest: true }]);

  await s3.send(new DeleteObjectCommand({ ...AT, VersionId: marker.VersionId }));
  const back = await s3.send(new GetObjectCommand({ ...AT, ...keys[1].sdk }));
  t.equal(await back.Body?.transformToString(), 'second');
  for (const VersionId of [first.VersionId, second.VersionId]) {
    await s3.send(new DeleteObjectCommand({ ...AT, VersionId }));
  }
  t.strictSame(await disk(), []);
  t.match(await failureOf(s3.send(new GetObjectCommand(old))), { name: 'NoSuchVersion', status: 404 });
});

await t.test('empties a key page by page while its versions are deleted', async (t) => {
  const { s3 } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await setVersioning(s3, 'Enabled');
  for (let i = 0; i < 5; i++) await s3.send(new PutObjectCommand({ ...AT, Body: `${i}` }));
  let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  let seen = 0;
  for (let more = true; more; ) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: 'bucket', MaxKeys: 2, ...markers }));
    for (const { VersionId } of page.Versions ?? []) {
      seen++;
      await s3.send(new DeleteObjectCommand({ ...AT, VersionId }));
    }
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    more = page.IsTruncated ?? false;
  }
  t.equal(seen, 5);
});

await t.test('suspended versioning replaces only the null version', async (t) => {
  const { s3 } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ ...AT, Body: 'before' }));
  await setVersioning(s3, 'Enabled');
  await s3.send(new PutObjectCommand({ ...AT, Body: 'kept' }));
  await setVersioning(s3, 'Suspended');
  await s3.send(new PutObjectCommand({ ...AT, Body: 'after' }));
  const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket: 'bucket' }));
  t.equal(Versions?.length, 2);
  t.equal(Versions?.[0]?.VersionId, 'null');
  const got = await s3.send(new GetObjectCommand({ ...AT, VersionId: 'null' }));
  t.equal(await got.Body?.transformToString(), 'after');
});

await t.test('tags by header and by request, without any key', async (t) => {
  const { s3 } = await startFixture(t);
  const key = newKey();
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ ...AT, Body: 'x', Tagging: 'a=1&b=two%20words', ...key.sdk }));
  t.strictSame((await s3.send(new GetObjectTaggingCommand(AT))).TagSet, [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: 'two words' },
  ]);
  t.equal((await s3.send(new HeadObjectCommand({ ...AT, ...key.sdk }))).TagCount, 2);
  await s3.send(new PutObjectTaggingCommand({ ...AT, Tagging: { TagSet: [{ Key: '<c>', Value: '&' }] } }));
  t.strictSame((await s3.send(new GetObjectTaggingCommand(AT))).TagSet, [{ Key: '<c>', Value: '&' }]);
  await s3.send(new DeleteObjectTaggingCommand(AT));
  t.strictSame((await s3.send(new GetObjectTaggingCommand(AT))).TagSet, []);
  const twice = { TagSet: [1, 2].map((n) => ({ Key: 'same', Value: `${n}` })) };
  t.match(await failureOf(s3.send(new PutObjectTaggingCommand({ ...AT, Tagging: twice }))), {
    name: 'InvalidTag',
  });
});
