import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import type { Provider } from '../../src/s3/providers.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { BUCKETS, bytesOf, failureOf, randomBody, startStand } from './support.ts';

const PART = 5 * 1024 * 1024;
const FIRST = randomBody(PART);
const LAST = randomBody(70_000);

function withProvider(changes: Partial<Provider>): (snapshot: Snapshot) => Snapshot {
  return (snapshot) => {
    const { upstream } = snapshot;
    return { ...snapshot, upstream: { ...upstream, provider: { ...upstream.provider, ...changes } } };
  };
}

function crcOf(...bodies: Buffer[]): string {
  const value = bodies.reduce((sum, body) => crc32(body, sum), 0);
  return Buffer.from(value.toString(16).padStart(8, '0'), 'hex').toString('base64');
}

async function begin(s3: S3Client, at: object, promise: object): Promise<string> {
  const input = { ...at, ...promise } as CreateMultipartUploadCommandInput;
  return (await s3.send(new CreateMultipartUploadCommand(input))).UploadId ?? '';
}

/** A body that is a stream has its checksum behind it, one that is a buffer in front. */
const FRAMINGS = {
  'behind the body': (body: Buffer) => ({ Body: Readable.from([body]), ContentLength: body.byteLength }),
  'in the head': (body: Buffer) => ({ Body: body }),
};

await t.test('a store that takes no trailers is promised no checksums of an upload', async (t) => {
  const { s3 } = await startStand(t, withProvider({ trailers: false }));
  for (const Bucket of [BUCKETS.secret, BUCKETS.plain]) {
    for (const [where, framed] of Object.entries(FRAMINGS)) {
      for (const ChecksumType of [undefined, 'COMPOSITE', 'FULL_OBJECT'] as const) {
        await t.test(`${Bucket}, checksums ${where}, ${ChecksumType ?? 'no'} type`, async (t) => {
          const at = { Bucket, Key: `${where} ${ChecksumType}` };
          const type = ChecksumType === undefined ? {} : { ChecksumType };
          const UploadId = await begin(s3, at, { ChecksumAlgorithm: 'CRC32', ...type });
          const Parts = [];
          for (const [i, body] of [FIRST, LAST].entries()) {
            const part = { ...at, UploadId, PartNumber: i + 1, ChecksumAlgorithm: 'CRC32' as const };
            const { ETag } = await s3.send(new UploadPartCommand({ ...part, ...framed(body) }));
            Parts.push({ PartNumber: i + 1, ETag, ChecksumCRC32: crcOf(body) });
          }
          const whole = ChecksumType === 'FULL_OBJECT' ? { ChecksumCRC32: crcOf(FIRST, LAST) } : {};
          const end = { ...at, UploadId, MultipartUpload: { Parts }, ...type, ...whole };
          await s3.send(new CompleteMultipartUploadCommand(end));
          t.same(await bytesOf(s3, Bucket, at.Key), Buffer.concat([FIRST, LAST]));
          const { ChecksumCRC32 } = await s3.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
          t.equal(ChecksumCRC32, undefined, 'no more is shown than the store has');
        });
      }
    }
  }
  await t.test('a part is compared with its checksum all the same', async (t) => {
    const at = { Bucket: BUCKETS.secret, Key: 'wrong' };
    const UploadId = await begin(s3, at, { ChecksumAlgorithm: 'CRC32' });
    const part = { ...at, UploadId, PartNumber: 1, Body: LAST, ChecksumCRC32: crcOf(FIRST) };
    t.match(await failureOf(s3.send(new UploadPartCommand(part))), { name: 'BadDigest' });
  });
});

await t.test('a store that takes trailers is promised what the client promises', async (t) => {
  const { s3, direct, withRing } = await startStand(t, withProvider({ copiesSsec: [] }));
  const at = { Bucket: BUCKETS.secret, Key: 'k' };
  const source = { Bucket: BUCKETS.secret, Key: 'source' };
  await s3.send(new PutObjectCommand({ ...source, Body: FIRST, ChecksumAlgorithm: 'SHA256' }));

  await t.test('a relayed copy of a part has the checksum of its upload', async (t) => {
    const UploadId = await begin(s3, at, { ChecksumAlgorithm: 'CRC32' });
    const CopySource = `${source.Bucket}/${source.Key}`;
    const copy = { ...at, UploadId, PartNumber: 1, CopySource };
    const { CopyPartResult } = await s3.send(new UploadPartCopyCommand(copy));
    t.equal(CopyPartResult?.ChecksumCRC32, crcOf(FIRST));
    const part = { ...at, UploadId, PartNumber: 2, ChecksumAlgorithm: 'CRC32' as const };
    const last = await s3.send(new UploadPartCommand({ ...part, ...FRAMINGS['behind the body'](LAST) }));
    const Parts = [
      { PartNumber: 1, ETag: CopyPartResult?.ETag, ChecksumCRC32: CopyPartResult?.ChecksumCRC32 },
      { PartNumber: 2, ETag: last.ETag, ChecksumCRC32: last.ChecksumCRC32 },
    ];
    const end = { ...at, UploadId, MultipartUpload: { Parts }, ChecksumType: 'COMPOSITE' as const };
    const done = await s3.send(new CompleteMultipartUploadCommand(end));
    t.match(done.ChecksumCRC32, /-2$/);
    t.same(await bytesOf(s3, at.Bucket, at.Key), Buffer.concat([FIRST, LAST]));
  });

  await t.test('an upload that promises checksums and was begun in plain is not ended', async (t) => {
    const foreign = await withRing(['new', 'old'], ', foreignUploads: allow');
    const plain = { Bucket: BUCKETS.secret, Key: 'begun-in-plain' };
    const UploadId = await begin(direct, plain, { ChecksumAlgorithm: 'CRC32' });
    const part = { ...plain, UploadId, PartNumber: 1, Body: LAST, ChecksumAlgorithm: 'CRC32' as const };
    const { ETag, ChecksumCRC32 } = await direct.send(new UploadPartCommand(part));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] };
    const end = new CompleteMultipartUploadCommand({ ...plain, UploadId, MultipartUpload });
    t.match(await failureOf(foreign.send(end)), { name: 'NoSuchUpload', message: /begun in plain/ });
  });

  await t.test('a relayed copy has the checksum that it is asked for', async (t) => {
    const copy = { ...at, Key: 'copy', CopySource: `${source.Bucket}/${source.Key}` };
    const { CopyObjectResult } = await s3.send(
      new CopyObjectCommand({ ...copy, ChecksumAlgorithm: 'CRC32' }),
    );
    t.equal(CopyObjectResult?.ChecksumCRC32, crcOf(FIRST));
    t.same(await bytesOf(s3, at.Bucket, 'copy'), FIRST);
  });
});
