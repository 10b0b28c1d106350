import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  type UploadPartCommandInput,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { failureOf, newKey, startFixture } from './fixture.ts';

const MIB = 1024 ** 2;
const FIRST = randomBytes(5 * MIB);
const SECOND = Buffer.from('the rest');
const OTHER_KEY = 'The provided encryption parameters did not match the ones used originally.';
const PARTS_NEED =
  'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.';

type KeyFields = Partial<ReturnType<typeof newKey>['sdk']>;

async function create(s3: S3Client, Key: string, key: KeyFields = {}): Promise<string> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'bucket', Key, ...key }));
  return UploadId ?? '';
}

for (const encrypted of [false, true]) {
  await t.test(`${encrypted ? 'an encrypted' : 'a plain'} upload in parts`, async (t) => {
    const { s3, disk } = await startFixture(t);
    const key = encrypted ? newKey().sdk : {};
    const at = { Bucket: 'bucket', Key: 'big' };
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    const UploadId = await create(s3, 'big', key);
    const part = (PartNumber: number, Body: Buffer) =>
      s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ...key }));
    const two = await part(2, SECOND);
    await part(1, Buffer.from('replaced by a later upload of the same part'));
    const one = await part(1, FIRST);
    const listed = await s3.send(new ListPartsCommand({ ...at, UploadId }));
    t.strictSame(
      listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
      [
        [1, FIRST.length],
        [2, SECOND.length],
      ],
    );
    const firstOnly = await s3.send(new ListPartsCommand({ ...at, UploadId, MaxParts: 1 }));
    t.match(firstOnly, { IsTruncated: true, NextPartNumberMarker: '1' });
    t.match(await failureOf(s3.send(new GetObjectCommand(at))), { name: 'NoSuchKey' }, 'not seen yet');

    const done = await s3.send(
      new CompleteMultipartUploadCommand({
        ...at,
        UploadId,
        MultipartUpload: {
          Parts: [
            { PartNumber: 1, ETag: one.ETag },
            { PartNumber: 2, ETag: two.ETag },
          ],
        },
      }),
    );
    const etags = [one.ETag, two.ETag].map((etag) => Buffer.from((etag ?? '').slice(1, -1), 'hex'));
    t.equal(done.ETag, `"${createHash('md5').update(Buffer.concat(etags)).digest('hex')}-2"`);

    const whole = Buffer.concat([FIRST, SECOND]);
    const got = await s3.send(new GetObjectCommand({ ...at, ...key }));
    t.ok(whole.equals(Buffer.from((await got.Body?.transformToByteArray()) ?? [])));
    const across = await s3.send(
      new GetObjectCommand({ ...at, ...key, Range: `bytes=${FIRST.length - 21}-${FIRST.length + 3}` }),
    );
    t.strictSame(
      Buffer.from((await across.Body?.transformToByteArray()) ?? []),
      whole.subarray(FIRST.length - 21, FIRST.length + 4),
      'a range across the border of two parts',
    );
    const last = await s3.send(new GetObjectCommand({ ...at, ...key, PartNumber: 2 }));
    t.equal(last.PartsCount, 2);
    t.equal(await last.Body?.transformToString(), 'the rest');
    if (encrypted) {
      t.match(await failureOf(s3.send(new HeadObjectCommand(at))), { status: 400 });
      t.notOk((await disk()).some((file) => file.includes('the rest')));
    }
    t.equal((await disk()).length, 3, 'two parts and their description; the replaced part is gone');
  });
}

await t.test('the key is pinned to the upload', async (t) => {
  const { s3 } = await startFixture(t);
  const key = newKey();
  const other = newKey();
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const part = { Bucket: 'bucket', Key: 'k', PartNumber: 1, Body: 'x' };
  const sealed = { ...part, UploadId: await create(s3, 'k', key.sdk) };
  const open = { ...part, UploadId: await create(s3, 'k') };
  t.match(await failureOf(s3.send(new UploadPartCommand(sealed))), { status: 400, message: PARTS_NEED });
  t.match(await failureOf(s3.send(new UploadPartCommand({ ...open, ...key.sdk }))), {
    status: 400,
    message: PARTS_NEED,
  });
  t.match(await failureOf(s3.send(new UploadPartCommand({ ...sealed, ...other.sdk }))), {
    status: 400,
    name: 'InvalidRequest',
    message: OTHER_KEY,
  });
  await s3.send(new UploadPartCommand({ ...sealed, ...key.sdk }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'source', Body: 'x' }));
  const copy = new UploadPartCopyCommand({ ...sealed, ...other.sdk, CopySource: 'bucket/source' });
  const end = { ...sealed, ...other.sdk, MultipartUpload: { Parts: [] } };
  for (const failing of [
    s3.send(copy),
    s3.send(new ListPartsCommand({ ...sealed, ...other.sdk })),
    s3.send(new CompleteMultipartUploadCommand(end)),
  ]) {
    t.match(await failureOf(failing), { status: 400, name: 'InvalidRequest', message: OTHER_KEY });
  }
  t.match((await s3.send(new ListPartsCommand(sealed))).Parts, [{ PartNumber: 1, Size: 1 }]);
});

await t.test('UploadPartCopy takes a range of an encrypted source', async (t) => {
  const { s3 } = await startFixture(t);
  const from = newKey();
  const to = newKey();
  const at = { Bucket: 'bucket', Key: 'copy' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'source', Body: '0123456789', ...from.sdk }));
  const UploadId = await create(s3, 'copy', to.sdk);
  const copy = { ...at, UploadId, PartNumber: 1, CopySource: 'bucket/source', ...to.sdk };
  const { CopyPartResult } = await s3.send(
    new UploadPartCopyCommand({ ...copy, CopySourceRange: 'bytes=2-5', ...from.copySource }),
  );
  t.match(await failureOf(s3.send(new UploadPartCopyCommand(copy))), { status: 400 });
  t.match(
    await failureOf(
      s3.send(new UploadPartCopyCommand({ ...copy, CopySourceRange: 'bytes=2-10', ...from.copySource })),
    ),
    { name: 'InvalidArgument' },
  );
  const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
  await s3.send(
    new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts }, ...to.sdk }),
  );
  const got = await s3.send(new GetObjectCommand({ ...at, ...to.sdk }));
  t.equal(await got.Body?.transformToString(), '2345');
});

await t.test('CompleteMultipartUpload checks order, ETags and sizes', async (t) => {
  const { s3 } = await startFixture(t);
  const at = { Bucket: 'bucket', Key: 'k' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const UploadId = await create(s3, 'k');
  const etags = await Promise.all(
    [1, 2].map(async (PartNumber) => {
      const { ETag } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body: 'small' }));
      return { PartNumber, ETag };
    }),
  );
  const complete = (Parts: { PartNumber: number; ETag?: string | undefined }[]) =>
    failureOf(s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } })));
  t.match(await complete(etags.toReversed()), { name: 'InvalidPartOrder', status: 400 });
  t.match(await complete(etags), { name: 'EntityTooSmall', status: 400 });
  t.match(await complete([{ PartNumber: 1, ETag: '"0000"' }]), { name: 'InvalidPart', status: 400 });
  t.match(await complete([{ PartNumber: 3, ETag: etags[0]?.ETag }]), { name: 'InvalidPart', status: 400 });
  t.match(await complete([]), { name: 'MalformedXML', status: 400 });
});

await t.test('an aborted upload leaves nothing behind', async (t) => {
  const { s3, disk } = await startFixture(t);
  const at = { Bucket: 'bucket', Key: 'k' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const UploadId = await create(s3, 'k');
  await create(s3, 'other/k');
  await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'x' }));
  const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'bucket', Delimiter: '/' }));
  t.strictSame(
    uploads.Uploads?.map((upload) => upload.UploadId),
    [UploadId],
  );
  t.strictSame(uploads.CommonPrefixes, [{ Prefix: 'other/' }]);
  await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
  t.strictSame(await disk(), []);
  t.match(await failureOf(s3.send(new ListPartsCommand({ ...at, UploadId }))), {
    name: 'NoSuchUpload',
    status: 404,
  });
});

await t.test('composite checksums of parts', async (t) => {
  const { s3 } = await startFixture(t);
  const at = { Bucket: 'bucket', Key: 'k' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'SHA256' }),
  );
  const part = await s3.send(
    new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'x', ChecksumAlgorithm: 'SHA256' }),
  );
  const bare = { PartNumber: 1, ETag: part.ETag };
  const complete = (Part: object) =>
    s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: [Part] } }));
  t.match(await failureOf(complete(bare)), { name: 'InvalidRequest' });
  const done = await complete({ ...bare, ChecksumSHA256: part.ChecksumSHA256 });
  const raw = createHash('sha256').update(createHash('sha256').update('x').digest()).digest('base64');
  t.equal(done.ChecksumSHA256, `${raw}-1`);
  const head = await s3.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
  t.match(head, { ChecksumSHA256: `${raw}-1`, ChecksumType: 'COMPOSITE' });
});

await t.test('an upload keeps the checksums that it promised', async (t) => {
  const { s3 } = await startFixture(t);
  s3.config.requestChecksumCalculation = async () => 'WHEN_REQUIRED';
  const at = { Bucket: 'bucket', Key: 'k' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const begin = async (promise: Partial<CreateMultipartUploadCommandInput>): Promise<string> =>
    (await s3.send(new CreateMultipartUploadCommand({ ...at, ...promise }))).UploadId ?? '';
  const part = (UploadId: string, more: Partial<UploadPartCommandInput> = {}) =>
    s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'x', ...more }));
  const complete = (UploadId: string, Part: object, more: object = {}) =>
    s3.send(
      new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: [Part] }, ...more }),
    );
  const mismatch = (actual: string) => ({
    name: 'InvalidRequest',
    message: `Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: ${actual}`,
  });

  const composite = await begin({ ChecksumAlgorithm: 'CRC32' });
  t.match(await failureOf(part(composite)), mismatch('null'), 'a bare part');
  t.match(await failureOf(part(composite, { ChecksumAlgorithm: 'SHA256' })), mismatch('sha256'));
  const kept = await part(composite, { ChecksumAlgorithm: 'CRC32' });
  const said = { PartNumber: 1, ETag: kept.ETag, ChecksumCRC32: kept.ChecksumCRC32 };
  t.match(await failureOf(complete(composite, said, { ChecksumType: 'FULL_OBJECT' })), {
    name: 'InvalidRequest',
    message:
      'The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.',
  });
  await complete(composite, said, { ChecksumType: 'COMPOSITE' });

  const full = await begin({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
  t.match(await failureOf(part(full, { ChecksumAlgorithm: 'SHA256' })), mismatch('sha256'));
  const { ETag } = await part(full);
  await complete(full, { PartNumber: 1, ETag });

  const none = await begin({});
  const bare = await part(none);
  t.match(
    await failureOf(complete(none, { PartNumber: 1, ETag: bare.ETag, ChecksumCRC32: kept.ChecksumCRC32 })),
    { name: 'InvalidPart' },
    'the checksum of a part that brought none',
  );
  t.match(
    await failureOf(complete(none, { PartNumber: 1, ETag: bare.ETag }, { ChecksumType: 'FULL_OBJECT' })),
    { name: 'InvalidRequest' },
    'a kind that nobody promised',
  );

  for (const [promise, message] of [
    [{ ChecksumType: 'COMPOSITE' }, /can only be used with the x-amz-checksum-algorithm header/],
    [{ ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }, /^The FULL_OBJECT .* the sha256 /],
    [{ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }, /^The COMPOSITE .* the crc64nvme /],
  ] as const)
    t.match(await failureOf(begin(promise)), { name: 'InvalidRequest', message });
});
