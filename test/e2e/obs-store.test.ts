import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { OBS } from '../../src/dialects/obs.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { type Credentials, Secret } from '../../src/secret.ts';
import { SSEC_KEY, startFront } from '../adversary/support.ts';
import { ACCESS, REGION, startFixture } from '../sandbox/fixture.ts';
import { toLoopback } from '../support/obs-store.ts';
import { testSsecKey } from '../support/snapshot.ts';
import { bytesOf, failureOf, newMarker, randomBody } from './support.ts';

const DOMAIN = 'obs.store.test';
const OLD = testSsecKey('old');
const CREDENTIALS: Credentials = {
  accessKeyId: ACCESS.accessKeyId,
  secretAccessKey: new Secret(ACCESS.secretAccessKey),
};
const BUCKETS = ['secret', 'rotated', 'open'];
const KIB = 1024;

/** An S3 client that knows nothing of SSE-C nor of OBS, and a proxy before a store that is as strict as OBS's documents. */
async function stand(t: Test, dialect: Dialect | undefined) {
  const { ca, cert, key } = await makeCertificates({ names: [DOMAIN, `*.${DOMAIN}`], addresses: [] });
  const { sandbox, disk } = await startFixture(t, {
    profile: 'obs',
    domains: [DOMAIN],
    buckets: BUCKETS,
    tls: { cert, key },
  });
  const front = await startFront(t, {
    port: sandbox.port,
    provider: PROVIDERS.obs,
    rules: [
      { bucket: 'secret', encrypt: [SSEC_KEY, OLD] },
      { bucket: 'rotated', encrypt: [OLD] },
      { bucket: 'open', encrypt: 'off', declassify: true },
    ],
    lookup: toLoopback,
    upstream: {
      protocol: 'https:',
      hostname: DOMAIN,
      ca,
      region: REGION,
      addressing: 'virtual',
      dialect,
      credentials: CREDENTIALS,
    },
  });
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${front.port}`,
    region: REGION,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: ACCESS,
  });
  t.teardown(() => s3.destroy());
  const onDisk = async (marker: string) => (await disk()).filter((file) => file.includes(marker)).length;
  return { s3, onDisk, front };
}

for (const [name, dialect] of [
  ['obs', OBS],
  ['s3', undefined],
] as const) {
  t.test(`an S3 client in front of an OBS store (dialect: ${name})`, async (t) => {
    const { s3, onDisk, front } = await stand(t, dialect);
    const at = (Key: string, Bucket = 'secret') => ({ Bucket, Key });

    await t.test('objects', async (t) => {
      const marker = newMarker();
      const written = await s3.send(
        new PutObjectCommand({
          ...at('dir/a b+ä~.txt'),
          Body: marker,
          Metadata: { colour: 'red' },
          StorageClass: 'STANDARD_IA',
          ContentType: 'text/plain',
        }),
      );
      t.equal(written.SSECustomerAlgorithm, 'AES256');
      t.equal(await onDisk(marker), 0, 'the marker is not on the disk of the store');
      t.equal((await bytesOf(s3, 'secret', 'dir/a b+ä~.txt')).toString(), marker);
      const part = await s3.send(new GetObjectCommand({ ...at('dir/a b+ä~.txt'), Range: 'bytes=0-5' }));
      t.equal(await part.Body?.transformToString(), 'marker');
      t.match(await s3.send(new HeadObjectCommand(at('dir/a b+ä~.txt'))), {
        Metadata: { colour: 'red' },
        StorageClass: 'STANDARD_IA',
        ContentType: 'text/plain',
      });
      t.match(await failureOf(s3.send(new GetObjectCommand(at('none')))), { status: 404, name: 'NoSuchKey' });
      t.match(await failureOf(s3.send(new HeadObjectCommand(at('none')))), { status: 404 });
      await s3.send(new PutObjectCommand({ ...at('empty'), Body: '' }));
      t.equal((await bytesOf(s3, 'secret', 'empty')).byteLength, 0);
    });

    await t.test('copies: from and to a rule, and onto themselves under another key', async (t) => {
      const marker = newMarker();
      await s3.send(
        new PutObjectCommand({ ...at('source a+b', 'rotated'), Body: marker, Metadata: { m: 'v' } }),
      );
      for (const [Bucket, Key] of [
        ['secret', 'copied'],
        ['rotated', 'source a+b'],
        ['open', 'copied'],
      ] as const)
        await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: 'rotated/source%20a%2Bb' }));
      t.equal((await bytesOf(s3, 'secret', 'copied')).toString(), marker);
      t.equal((await bytesOf(s3, 'rotated', 'source a+b')).toString(), marker);
      t.equal((await bytesOf(s3, 'open', 'copied')).toString(), marker);
      t.match(await s3.send(new HeadObjectCommand(at('copied'))), { Metadata: { m: 'v' } });
      const onto = { ...at('copied', 'open'), CopySource: 'open/copied', Metadata: { m: 'w' } };
      await s3.send(new CopyObjectCommand({ ...onto, MetadataDirective: 'REPLACE' }));
      t.match(await s3.send(new HeadObjectCommand(at('copied', 'open'))), { Metadata: { m: 'w' } });
    });

    await t.test('multipart uploads, with a copied part', async (t) => {
      const one = randomBody(200 * KIB);
      await s3.send(new PutObjectCommand({ ...at('part', 'rotated'), Body: one }));
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at('large')));
      const upload = { ...at('large'), UploadId };
      const first = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: one }));
      const second = await s3.send(
        new UploadPartCopyCommand({ ...upload, PartNumber: 2, CopySource: 'rotated/part' }),
      );
      t.equal((await s3.send(new ListPartsCommand(upload))).Parts?.length, 2);
      const Parts = [
        { PartNumber: 1, ETag: first.ETag },
        { PartNumber: 2, ETag: second.CopyPartResult?.ETag },
      ];
      await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
      t.strictSame(await bytesOf(s3, 'secret', 'large'), Buffer.concat([one, one]));
      const aborted = await s3.send(new CreateMultipartUploadCommand(at('given up')));
      await s3.send(new AbortMultipartUploadCommand({ ...at('given up'), UploadId: aborted.UploadId }));
    });

    await t.test('lists, versions, deletes and settings of the bucket', async (t) => {
      await s3.send(
        new PutBucketVersioningCommand({
          Bucket: 'open',
          VersioningConfiguration: { Status: 'Enabled' },
        }),
      );
      const { VersionId } = await s3.send(new PutObjectCommand({ ...at('v', 'open'), Body: 'one' }));
      t.ok(VersionId);
      await s3.send(new PutObjectCommand({ ...at('v', 'open'), Body: 'two' }));
      const { Body } = await s3.send(new GetObjectCommand({ ...at('v', 'open'), VersionId }));
      t.equal(await Body?.transformToString(), 'one');
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'secret', Prefix: 'dir/' }));
      t.match(listed.Contents, [{ Key: 'dir/a b+ä~.txt' }]);
      t.equal((await s3.send(new ListBucketsCommand())).Buckets?.length, 3);
      await s3.send(new HeadBucketCommand({ Bucket: 'secret' }));
      t.equal((await s3.send(new GetBucketLocationCommand({ Bucket: 'secret' }))).LocationConstraint, REGION);
      t.ok((await s3.send(new GetObjectAclCommand(at('copied', 'open')))).Owner);
      const deleted = await s3.send(
        new DeleteObjectsCommand({
          Bucket: 'secret',
          Delete: { Objects: [{ Key: 'copied' }, { Key: 'dir/a b+ä~.txt' }] },
        }),
      );
      t.equal(deleted.Deleted?.length, 2);
    });

    t.strictSame(
      front.log
        .filter(({ cause }) => cause !== undefined)
        .map(({ op, cause }) => `${String(op)}: ${String(cause)}`),
      [],
    );
  });
}
