import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import {
  assertSealed,
  BUCKETS,
  bodyWith,
  bytesOf,
  failureOf,
  newMarker,
  randomBody,
  startStand,
} from './support.ts';

const PART = 5 * 1024 * 1024;

/**
 * The same store, as if nobody knew of it that it copies with SSE-C; small parts. No copy is slow enough for white space:
 * with it a failure has the status of a success.
 */
function withoutCopies(snapshot: Snapshot): Snapshot {
  const { upstream } = snapshot;
  return {
    ...snapshot,
    upstream: { ...upstream, provider: { ...upstream.provider, copiesSsec: [] } },
    limits: {
      ...snapshot.limits,
      copies: { silence: 240_000, every: 5000, largestPut: 2 * PART, partSize: PART },
    },
  };
}

const stand = await startStand(t, withoutCopies);
const { s3, direct, onDisk } = stand;
const { secret, plain } = BUCKETS;

for (const from of [secret, plain]) {
  for (const to of [secret, plain]) {
    t.test(`CopyObject from ${from} to ${to}`, async (t) => {
      const marker = newMarker();
      const Body = bodyWith(marker, 5000);
      const about = {
        Metadata: { colour: 'blue' },
        ContentType: 'text/x-test',
        CacheControl: 'no-store',
        ContentDisposition: 'attachment',
        ContentEncoding: 'identity',
        ContentLanguage: 'de',
        Expires: new Date('2030-01-01T00:00:00Z'),
      };
      const { ETag } = await s3.send(
        new PutObjectCommand({ Bucket: from, Key: 'source', Body, ...about, Tagging: 'a=b%20c&d=' }),
      );
      const before = await onDisk(marker);
      const copy = {
        Bucket: to,
        Key: `from-${from}`,
        CopySource: `/${from}/source`,
        CopySourceIfMatch: ETag,
      };
      const { CopyObjectResult } = await s3.send(new CopyObjectCommand(copy));
      const made = await s3.send(new HeadObjectCommand({ Bucket: to, Key: copy.Key }));
      t.equal(CopyObjectResult?.ETag, made.ETag);
      t.match(made.ETag, to === secret ? /^"[0-9a-f]{32}-0"$/ : /^"[0-9a-f]{32}"$/, 'by its own rule');
      const late = Number(CopyObjectResult?.LastModified) - Number(made.LastModified);
      t.ok(Math.abs(late) <= 2000, 'it is told in seconds, and in parts of them');
      t.same(await bytesOf(s3, to, copy.Key), Body);
      const { Expires, ...rest } = about;
      t.match(made, { ...rest, ExpiresString: Expires.toUTCString() });
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: to, Key: copy.Key }));
      t.same(TagSet, [
        { Key: 'a', Value: 'b c' },
        { Key: 'd', Value: '' },
      ]);
      if (to === secret) await assertSealed(t, stand, { bucket: to, objectKey: copy.Key });
      else t.same(await bytesOf(direct, to, copy.Key), Body, 'the store gives it to its owner');
      t.equal(await onDisk(marker), before + (to === plain ? 1 : 0));
    });
  }
}

t.test('the directives say what is of the source and what of the request', async (t) => {
  const source = { Bucket: secret, Key: 'described' };
  const CopySource = `${source.Bucket}/${source.Key}`;
  const Metadata = { of: 'source' };
  await s3.send(
    new PutObjectCommand({
      ...source,
      Body: 'x',
      Metadata,
      ContentType: 'text/x-test',
      CacheControl: 'no-store',
      Tagging: 'of=source',
      StorageClass: 'STANDARD_IA',
    }),
  );
  const kept = { ...source, Key: 'kept' };
  await s3.send(
    new CopyObjectCommand({ ...kept, CopySource, Metadata: { of: 'request' }, Tagging: 'of=request' }),
  );
  const copied = await s3.send(new HeadObjectCommand(kept));
  t.match(copied, { Metadata, ContentType: 'text/x-test', CacheControl: 'no-store' });
  t.equal(copied.StorageClass, undefined, 'the storage class is never that of the source');
  t.same((await s3.send(new GetObjectTaggingCommand(kept))).TagSet, [{ Key: 'of', Value: 'source' }]);
  const other = { ...source, Key: 'other' };
  await s3.send(
    new CopyObjectCommand({
      ...other,
      CopySource,
      Metadata: { of: 'request' },
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
      Tagging: 'of=request',
      ContentType: 'text/y-test',
      StorageClass: 'STANDARD_IA',
    }),
  );
  const replaced = await s3.send(new HeadObjectCommand(other));
  t.match(replaced, {
    Metadata: { of: 'request' },
    ContentType: 'text/y-test',
    StorageClass: 'STANDARD_IA',
  });
  t.equal(replaced.CacheControl, undefined);
  t.same((await s3.send(new GetObjectTaggingCommand(other))).TagSet, [{ Key: 'of', Value: 'request' }]);
  for (const wrong of [{ MetadataDirective: 'BOTH' }, { TaggingDirective: 'NONE' }]) {
    const copy = { ...other, Key: 'never', CopySource, ...(wrong as object) };
    t.match(await failureOf(s3.send(new CopyObjectCommand(copy))), { status: 400, name: 'InvalidArgument' });
  }
  t.match(await failureOf(bytesOf(s3, secret, 'never')), { name: 'NoSuchKey' });
});

t.test('conditions on the source that do not hold are 412, and nothing is written', async (t) => {
  const Bucket = secret;
  const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket, Key: 'conditional', Body: 'x' }));
  const past = new Date('2001-01-01T00:00:00Z');
  const future = new Date(Date.now() - 1000);
  const tries: [Partial<CopyObjectCommandInput>, holds: boolean][] = [
    [{ CopySourceIfMatch: ETag }, true],
    [{ CopySourceIfMatch: '"other"' }, false],
    [{ CopySourceIfNoneMatch: '"other"' }, true],
    [{ CopySourceIfNoneMatch: ETag }, false],
    [{ CopySourceIfModifiedSince: past }, true],
    [{ CopySourceIfUnmodifiedSince: past }, false],
    [{ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: past }, true],
    [{ CopySourceIfNoneMatch: ETag, CopySourceIfModifiedSince: past }, false],
    [{ CopySourceIfUnmodifiedSince: future, CopySourceIfMatch: '"other"' }, false],
  ];
  for (const [index, [condition, holds]] of tries.entries()) {
    const Key = `conditional-${index}`;
    const copy = s3.send(
      new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/conditional`, ...condition }),
    );
    const text = JSON.stringify(condition);
    if (holds) await copy;
    else t.match(await failureOf(copy), { status: 412, name: 'PreconditionFailed' }, text);
    t.equal((await failureOf(bytesOf(s3, Bucket, Key))).status, holds ? 200 : 404, text);
  }
  const there = { Bucket, Key: 'conditional-0', CopySource: `${Bucket}/conditional`, IfNoneMatch: '*' };
  t.match(await failureOf(s3.send(new CopyObjectCommand(there))), {
    status: 412,
    name: 'PreconditionFailed',
  });
});

t.test('what cannot be read cannot be copied', async (t) => {
  const to = { Bucket: plain, Key: 'never' };
  for (const [CopySource, status, name] of [
    [`${secret}/nothing-there`, 404, 'NoSuchKey'],
    ['nobodys/secret', 403, 'AccessDenied'],
    [`${secret}/kept?versionId=nonsense`, 400, 'InvalidArgument'],
  ] as const) {
    t.match(
      await failureOf(s3.send(new CopyObjectCommand({ ...to, CopySource }))),
      { status, name },
      CopySource,
    );
  }
  await direct.send(new PutObjectCommand({ Bucket: secret, Key: 'put there in plain', Body: 'x' }));
  const planted = { Bucket: secret, Key: 'laundered', CopySource: `${secret}/put%20there%20in%20plain` };
  const refused = await failureOf(s3.send(new CopyObjectCommand(planted)));
  t.match(refused, { status: 403, name: 'AccessDenied', message: /stored in plain/ });
  for (const { Bucket, Key } of [to, planted]) {
    t.match(await failureOf(bytesOf(direct, Bucket, Key)), { name: 'NoSuchKey' });
  }
});

t.test(
  'a copy onto itself puts an object of the older key under the newer, or describes it again',
  async (t) => {
    const before = await stand.withRing(['old']);
    const after = await stand.withRing(['new']);
    const object = { Bucket: secret, Key: 'rotated' };
    const CopySource = `${secret}/rotated`;
    const Body = randomBody(3 * PART - 7);
    await before.send(new PutObjectCommand({ ...object, Body, Metadata: { a: 'b' } }));
    t.equal((await failureOf(bytesOf(after, object.Bucket, object.Key))).status, 403);
    await s3.send(new CopyObjectCommand({ ...object, CopySource }));
    t.ok((await bytesOf(after, object.Bucket, object.Key)).equals(Body));
    t.match(await after.send(new HeadObjectCommand(object)), { Metadata: { a: 'b' } });
    const anew = { Metadata: { c: 'd' }, MetadataDirective: 'REPLACE' } as const;
    await s3.send(new CopyObjectCommand({ ...object, CopySource, ...anew }));
    t.ok((await bytesOf(after, object.Bucket, object.Key)).equals(Body));
    t.strictSame((await s3.send(new HeadObjectCommand(object))).Metadata, { c: 'd' });
  },
);

t.test('versions: the one that is named is copied, and both are told', async (t) => {
  const Bucket = BUCKETS.split;
  const Status = 'Enabled';
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  const first = await s3.send(new PutObjectCommand({ Bucket, Key: 'v', Body: 'first', Tagging: 'n=1' }));
  const second = await s3.send(new PutObjectCommand({ Bucket, Key: 'v', Body: 'second', Tagging: 'n=2' }));
  const copy = (Key: string, versionId?: string) =>
    s3.send(
      new CopyObjectCommand({
        Bucket,
        Key,
        CopySource: `${Bucket}/v${versionId === undefined ? '' : `?versionId=${versionId}`}`,
      }),
    );
  const ofFirst = await copy('of-first', first.VersionId);
  t.equal(ofFirst.CopySourceVersionId, first.VersionId);
  t.ok(ofFirst.VersionId);
  t.equal((await bytesOf(s3, Bucket, 'of-first')).toString(), 'first');
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'of-first' }));
  t.same(TagSet, [{ Key: 'n', Value: '1' }]);
  t.equal((await copy('of-last')).CopySourceVersionId, second.VersionId);
  const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'v' }));
  t.match(await failureOf(copy('never')), { status: 404, name: 'NoSuchKey' });
  t.match(
    await failureOf(copy('never', VersionId)),
    { status: 400, name: 'InvalidRequest' },
    'a delete marker',
  );
});

t.test('a checksum of the whole source is that of the copy', async (t) => {
  const Bucket = secret;
  for (const ChecksumAlgorithm of ['CRC32', 'CRC64NVME', 'SHA256'] as const) {
    const source = { Bucket, Key: `sum-${ChecksumAlgorithm}`, ChecksumMode: 'ENABLED' } as const;
    await s3.send(new PutObjectCommand({ ...source, Body: randomBody(4000), ChecksumAlgorithm }));
    const field = `Checksum${ChecksumAlgorithm}` as const;
    const { [field]: wanted } = await s3.send(new HeadObjectCommand(source));
    t.ok(wanted);
    const copy = { Bucket, Key: `${source.Key}-copy`, CopySource: `${Bucket}/${source.Key}` };
    const { CopyObjectResult } = await s3.send(new CopyObjectCommand(copy));
    t.equal(CopyObjectResult?.[field], wanted);
    t.match(await s3.send(new HeadObjectCommand({ ...copy, ChecksumMode: 'ENABLED' })), { [field]: wanted });
  }
});

t.test('an empty object is copied', async (t) => {
  await s3.send(new PutObjectCommand({ Bucket: secret, Key: 'empty', Body: '' }));
  await s3.send(new CopyObjectCommand({ Bucket: secret, Key: 'empty-copy', CopySource: `${secret}/empty` }));
  t.equal((await bytesOf(s3, secret, 'empty-copy')).length, 0);
  await assertSealed(t, stand, { bucket: secret, objectKey: 'empty-copy' });
});

t.test('a large source is written in parts, as one object like its source', async (t) => {
  const marker = newMarker();
  const Body = bodyWith(marker, 2 * PART + 4321);
  const about = { Metadata: { a: 'b' }, ContentType: 'text/x-test' };
  await s3.send(new PutObjectCommand({ Bucket: secret, Key: 'large', Body, ...about, Tagging: 'a=b' }));
  const copy = { Bucket: secret, Key: 'large-copy', CopySource: `${secret}/large` };
  const { CopyObjectResult } = await s3.send(new CopyObjectCommand(copy));
  const made = await s3.send(new HeadObjectCommand(copy));
  t.match(made, { ...about, ContentLength: Body.length, ETag: /-3"$/ });
  t.equal(CopyObjectResult?.ETag, made.ETag);
  t.ok((await bytesOf(s3, secret, 'large-copy')).equals(Body));
  t.same((await s3.send(new GetObjectTaggingCommand(copy))).TagSet, [{ Key: 'a', Value: 'b' }]);
  await assertSealed(t, stand, { bucket: secret, objectKey: 'large-copy', marker });
  const there = { ...copy, IfNoneMatch: '*' };
  t.match(await failureOf(s3.send(new CopyObjectCommand(there))), {
    status: 412,
    name: 'PreconditionFailed',
  });
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: secret }));
  t.equal(Uploads, undefined, 'an upload that fails is aborted');
});

t.test('UploadPartCopy: whole sources and ranges, both ends by their rules', async (t) => {
  const marker = newMarker();
  const Body = Buffer.concat([bodyWith(marker, PART), randomBody(1000)]);
  for (const from of [secret, plain]) {
    await s3.send(new PutObjectCommand({ Bucket: from, Key: 'of-parts', Body }));
    for (const Bucket of [secret, plain]) {
      const before = await onDisk(marker);
      const object = { Bucket, Key: `parts-${from}` };
      const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand(object));
      const part = (PartNumber: number, CopySourceRange?: string) =>
        s3.send(
          new UploadPartCopyCommand({
            ...object,
            UploadId,
            PartNumber,
            CopySource: `${from}/of-parts`,
            ...(CopySourceRange === undefined ? {} : { CopySourceRange }),
          }),
        );
      const whole = await part(1);
      const end = await part(2, `bytes=${PART}-${PART + 999}`);
      for (const [range, status, name] of [
        ['bytes=0-9999999', 400, 'InvalidArgument'],
        ['bytes=5-1', 400, 'InvalidArgument'],
        ['bytes=1-', 400, 'InvalidArgument'],
        ['0-5', 400, 'InvalidArgument'],
        ['bytes=0-1,3-4', 400, 'InvalidArgument'],
      ] as const) {
        t.match(await failureOf(part(3, range)), { status, name }, range);
      }
      const Parts = [whole, end].map(({ CopyPartResult }, i) => ({
        PartNumber: i + 1,
        ETag: CopyPartResult?.ETag,
      }));
      await s3.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
      const got = await bytesOf(s3, Bucket, object.Key);
      t.ok(got.equals(Buffer.concat([Body, Body.subarray(PART)])), `${from} to ${Bucket}`);
      if (Bucket === secret) await assertSealed(t, stand, { bucket: Bucket, objectKey: object.Key });
      t.equal(await onDisk(marker), before + (Bucket === plain ? 1 : 0));
    }
  }
});
