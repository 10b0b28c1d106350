import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { failureOf, startFixture } from './fixture.ts';

async function fill(s3: S3Client, objectKeys: readonly string[]): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await Promise.all(
    objectKeys.map((Key) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x' }))),
  );
}

await t.test('lists object keys in the order of their UTF-8 bytes', async (t) => {
  const { s3 } = await startFixture(t);
  // In UTF-16 order the emoji (a surrogate pair) would stand before U+FF61.
  const sorted = ['A', 'a', 'a/../b', 'a//b', 'é', '\uff61', '😀'];
  await fill(s3, sorted.toReversed());
  for (const command of [
    new ListObjectsV2Command({ Bucket: 'bucket' }),
    new ListObjectsV2Command({ Bucket: 'bucket', Prefix: '' }),
  ]) {
    const { Contents } = await s3.send(command);
    t.strictSame(
      Contents?.map(({ Key }) => Key),
      sorted,
    );
  }
});

const TREE = ['a', 'b/1', 'b/2', 'c/1', 'd', 'd/', 'e/x/y'];

await t.test('pages through a list with a delimiter, each entry once', async (t) => {
  const { s3 } = await startFixture(t);
  await fill(s3, TREE);
  const expected = ['a', 'b/', 'c/', 'd', 'd/', 'e/'];
  for (const MaxKeys of [1, 2, 4, 6, 1000]) {
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: 'bucket', Delimiter: '/', MaxKeys, ContinuationToken }),
      );
      const names = (page.Contents ?? []).map(({ Key }) => Key);
      names.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      t.ok(names.length <= MaxKeys);
      t.equal(page.KeyCount, names.length);
      seen.push(...names);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    t.equal(seen.length, expected.length);
    t.strictSame(new Set(seen), new Set(expected), `v2 by ${MaxKeys}`);

    const old: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsCommand({ Bucket: 'bucket', Delimiter: '/', MaxKeys, Marker }),
      );
      old.push(...(page.Contents ?? []).map(({ Key }) => Key));
      old.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    t.equal(old.length, expected.length);
    t.strictSame(new Set(old), new Set(expected), `v1 by ${MaxKeys}`);
  }
});

await t.test('prefix, start-after, and names encoded on request', async (t) => {
  const { s3, raw } = await startFixture(t);
  await fill(s3, [...TREE, 'z a+b/ü']);
  const below = await s3.send(new ListObjectsV2Command({ Bucket: 'bucket', Prefix: 'e/', Delimiter: '/' }));
  t.strictSame(below.CommonPrefixes, [{ Prefix: 'e/x/' }]);
  const rest = await s3.send(new ListObjectsV2Command({ Bucket: 'bucket', StartAfter: 'd/' }));
  t.strictSame(
    rest.Contents?.map(({ Key }) => Key),
    ['e/x/y', 'z a+b/ü'],
  );
  const { body } = await raw({ method: 'GET', path: '/bucket?encoding-type=url&list-type=2&prefix=z' });
  t.match(body, '<Key>z+a%2Bb/%C3%BC</Key>');
  t.match(body, '<EncodingType>url</EncodingType>');
  const none = await s3.send(new ListObjectsV2Command({ Bucket: 'bucket', MaxKeys: 0 }));
  t.match(none, { KeyCount: 0, IsTruncated: false });
  t.match(await failureOf(s3.send(new ListObjectsV2Command({ Bucket: 'bucket', ContinuationToken: '!' }))), {
    name: 'InvalidArgument',
  });
});

await t.test('buckets', async (t) => {
  const { s3 } = await startFixture(t);
  await fill(s3, ['k']);
  t.match((await s3.send(new ListBucketsCommand({}))).Buckets, [{ Name: 'bucket' }]);
  t.equal((await s3.send(new HeadBucketCommand({ Bucket: 'bucket' }))).BucketRegion, 'eu-central-1');
  t.equal(
    (await s3.send(new GetBucketLocationCommand({ Bucket: 'bucket' }))).LocationConstraint,
    'eu-central-1',
  );
  t.match(await failureOf(s3.send(new CreateBucketCommand({ Bucket: 'bucket' }))), { status: 409 });
  t.match(await failureOf(s3.send(new DeleteBucketCommand({ Bucket: 'bucket' }))), {
    name: 'BucketNotEmpty',
  });
  t.match(await failureOf(s3.send(new HeadBucketCommand({ Bucket: 'nowhere' }))), { status: 404 });
  const deleted = await s3.send(
    new DeleteObjectsCommand({ Bucket: 'bucket', Delete: { Objects: [{ Key: 'k' }, { Key: '<&>' }] } }),
  );
  t.strictSame(
    deleted.Deleted?.map(({ Key }) => Key),
    ['k', '<&>'],
    'what is not there counts as deleted',
  );
  await s3.send(new DeleteBucketCommand({ Bucket: 'bucket' }));
  t.match(await failureOf(s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }))), {
    name: 'NoSuchBucket',
    status: 404,
  });
});
