import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import t from 'tap';
import { unpinned } from '../../src/multipart/upload-id.ts';
import {
  assertSealed,
  BUCKETS,
  bodyWith,
  bytesOf,
  failureOf,
  newMarker,
  randomBody,
  sha256,
  startStand,
} from './support.ts';
import { eventually } from './wire.ts';

const MIB = 1024 * 1024;
const Bucket = BUCKETS.secret;
const stand = await startStand(t);
const { s3, direct, onDisk } = stand;

/** Begins an upload and returns what its parts are addressed with. */
async function begin(
  Key: string,
  bucket: string = Bucket,
): Promise<{ Bucket: string; Key: string; UploadId: string }> {
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  return { Bucket: bucket, Key, UploadId };
}

/** The same upload as the store knows it. */
function stored<U extends { UploadId: string }>(upload: U): U {
  return { ...upload, UploadId: unpinned(upload.UploadId) };
}

t.test('64 MiB in parts by lib-storage', async (t) => {
  const marker = newMarker();
  const Body = Buffer.concat([bodyWith(marker, 6 * MIB), randomBody(58 * MIB)]);
  const upload = new Upload({ client: s3, params: { Bucket, Key: 'large.bin', Body }, queueSize: 4 });
  await upload.done();
  t.equal(sha256(await bytesOf(s3, Bucket, 'large.bin')), sha256(Body));
  const parts = () => stand.log.filter(({ op }) => op === 'UploadPart').length;
  await eventually(() => parts() >= 13);
  t.equal(parts(), 13, 'it went in parts of 5 MiB');
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'large.bin', marker });
});

t.test('ListParts, ListMultipartUploads and abort', async (t) => {
  const upload = await begin('aborted.bin');
  const marker = newMarker();
  const Body = bodyWith(marker, 1000);
  const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body }));
  t.match((await s3.send(new ListPartsCommand(upload))).Parts, [{ PartNumber: 1, ETag, Size: 1000 }]);
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  t.match(Uploads, [{ Key: 'aborted.bin', UploadId: upload.UploadId }]);
  t.match(
    await failureOf(direct.send(new UploadPartCommand({ ...stored(upload), PartNumber: 2, Body: 'x' }))),
    { status: 400, name: 'InvalidRequest' },
    'the store takes no part without the key of the upload',
  );
  t.equal(await onDisk(marker), 0, 'a part is encrypted before it is part of anything');
  await s3.send(new AbortMultipartUploadCommand(upload));
  t.match(await failureOf(s3.send(new ListPartsCommand(upload))), { status: 404, name: 'NoSuchUpload' });
  t.notOk((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads);
});

t.test('the search of the disk finds a part that is stored in plain', async (t) => {
  const upload = await begin('part.bin', BUCKETS.plain);
  const marker = newMarker();
  await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: bodyWith(marker, 1000) }));
  t.equal(await onDisk(marker), 1);
  await s3.send(new AbortMultipartUploadCommand(upload));
});

for (const from of [BUCKETS.secret, BUCKETS.plain]) {
  for (const to of [BUCKETS.secret, BUCKETS.plain]) {
    t.test(`UploadPartCopy from ${from} to ${to}`, async (t) => {
      const marker = newMarker();
      const Body = bodyWith(marker, 5 * MIB + 256);
      await new Upload({ client: s3, params: { Bucket: from, Key: 'source.bin', Body } }).done();
      const before = await onDisk(marker);
      const upload = await begin(`copied-from-${from}.bin`, to);
      const parts = [`bytes=0-${5 * MIB - 1}`, `bytes=${5 * MIB}-${5 * MIB + 255}`];
      const Parts = await Promise.all(
        parts.map(async (CopySourceRange, index) => {
          const part = { PartNumber: index + 1, CopySource: `${from}/source.bin`, CopySourceRange };
          const { CopyPartResult } = await s3.send(new UploadPartCopyCommand({ ...upload, ...part }));
          return { ETag: CopyPartResult?.ETag, PartNumber: part.PartNumber };
        }),
      );
      await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
      t.equal(sha256(await bytesOf(s3, to, upload.Key)), sha256(Body));
      if (to === BUCKETS.plain)
        t.ok((await onDisk(marker)) > before, 'the copy is in plain, as its rule says');
      else await assertSealed(t, stand, { bucket: to, objectKey: upload.Key });
      if (to === BUCKETS.secret) t.equal(await onDisk(marker), before, 'the copy left no plaintext');
    });
  }
}

t.test('an upload ends under the key that it began with, when keys are derived from then on', async (t) => {
  const derived = await stand.withRing(['{ key: new, derive: object }', 'new', 'old']);
  const ends = async (Key: string, first: typeof s3): Promise<void> => {
    const object = { Bucket, Key };
    const { UploadId } = await first.send(new CreateMultipartUploadCommand(object));
    const part = { ...object, UploadId, PartNumber: 1, Body: 'part' };
    const { ETag } = await derived.send(new UploadPartCommand(part));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    await derived.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload }));
    t.equal((await bytesOf(derived, Bucket, Key)).toString(), 'part', Key);
  };
  await ends('began-before.bin', s3);
  t.equal((await bytesOf(s3, Bucket, 'began-before.bin')).toString(), 'part', 'under the key itself');
  await ends('began-derived.bin', derived);
  t.equal((await failureOf(bytesOf(s3, Bucket, 'began-derived.bin'))).status, 403, 'under its own');
});
