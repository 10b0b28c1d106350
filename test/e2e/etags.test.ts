import { Agent } from 'node:https';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Client, CopyConditions } from 'minio';
import t from 'tap';
import { CLIENT, failureOf, REGION, randomBody, startStand } from './support.ts';

const MIB = 1024 * 1024;
const MARKED = /^"[0-9a-f]{32}-0"$/;
const BARE = /^"[0-9a-f]{32}"$/;
const OTHER = '"00000000000000000000000000000000-0"';

const stand = await startStand(t);
const { s3, direct } = stand;

/** Stores a few bytes and returns the ETag that the client got. */
async function put(Bucket: string, Key: string, Body = 'body'): Promise<string> {
  return (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).ETag ?? '';
}

/** The ETag as each of the operations shows it that show one. */
async function shown(
  client: S3Client,
  Bucket: string,
  Key: string,
): Promise<Record<string, string | undefined>> {
  const named = { Bucket, Key };
  const listed = { Bucket, Prefix: Key };
  const [head, get, one, two, encoded, versions, attributes] = await Promise.all([
    client.send(new HeadObjectCommand(named)),
    client.send(new GetObjectCommand(named)),
    client.send(new ListObjectsCommand(listed)),
    client.send(new ListObjectsV2Command(listed)),
    client.send(new ListObjectsV2Command({ ...listed, EncodingType: 'url' })),
    client.send(new ListObjectVersionsCommand({ ...listed, EncodingType: 'url' })),
    client.send(new GetObjectAttributesCommand({ ...named, ObjectAttributes: ['ETag', 'ObjectParts'] })),
  ]);
  get.Body?.transformToByteArray().catch(() => undefined);
  return {
    head: head.ETag,
    get: get.ETag,
    one: one.Contents?.[0]?.ETag,
    two: two.Contents?.[0]?.ETag,
    encoded: encoded.Contents?.[0]?.ETag,
    versions: versions.Versions?.[0]?.ETag,
    attributes: `"${attributes.ETag}"`,
  };
}

const ALL = ['head', 'get', 'one', 'two', 'encoded', 'versions', 'attributes'];

function everywhere(ETag: string): Record<string, string> {
  return Object.fromEntries(ALL.map((where) => [where, ETag]));
}

t.test('what a rule encrypts has a marked ETag, the same wherever it is shown', async (t) => {
  for (const [bucket, objectKey, form] of [
    ['secret', 'a b+c/%2F &é.bin', MARKED],
    ['split', 'closed/one', MARKED],
    ['split', 'open/one', BARE],
    ['plain', 'a b+c/%2F &é.bin', BARE],
  ] as const) {
    const ETag = await put(bucket, objectKey);
    t.match(ETag, form, `${bucket}/${objectKey}`);
    t.same(await shown(s3, bucket, objectKey), everywhere(ETag), `${bucket}/${objectKey}`);
  }
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'split' }));
  t.match(
    Contents,
    [
      { Key: 'closed/one', ETag: MARKED },
      { Key: 'open/one', ETag: BARE },
    ],
    'in one list',
  );
  const { Contents: stored = [] } = await direct.send(new ListObjectsV2Command({ Bucket: 'split' }));
  t.equal(`${stored[0]?.ETag}`.replace(/"$/, '-0"'), Contents[0]?.ETag, 'the store has it without the mark');
});

t.test('an object that lies there in plain has a marked ETag too, for its rule says so', async (t) => {
  await direct.send(new PutObjectCommand({ Bucket: 'secret', Key: 'from before', Body: 'x' }));
  const reader = await stand.withRing(['new', 'old'], ', plainReads: allow');
  const ETag = '"9dd4e461268c8034f5c8564e155c67a6-0"';
  t.same(await shown(reader, 'secret', 'from before'), everywhere(ETag));
});

t.test('conditions of reads take the ETag with its mark and without', async (t) => {
  const Bucket = 'secret';
  const ETag = await put(Bucket, 'conditional', '0123456789');
  const bare = ETag.replace('-0"', '"');
  const get = (conditions: object): Promise<{ status: number; name: string }> =>
    failureOf(s3.send(new GetObjectCommand({ Bucket, Key: 'conditional', ...conditions })));
  for (const tag of [ETag, bare, ETag.slice(1, -1), `${OTHER}, ${ETag}`, `"x", W/${ETag},${OTHER}`, '*']) {
    t.match(await get({ IfNoneMatch: tag }), { status: 304 }, `If-None-Match: ${tag}`);
  }
  for (const tag of [ETag, bare, `${OTHER}, ${ETag}`, '*']) {
    t.match(await get({ IfMatch: tag }), { status: 200 }, `If-Match: ${tag}`);
  }
  for (const tag of [OTHER, `W/${ETag}`])
    t.match(await get({ IfMatch: tag }), { status: 412, name: 'PreconditionFailed' }, `If-Match: ${tag}`);
  t.match(await get({ IfNoneMatch: OTHER }), { status: 200 });
  t.match(
    await failureOf(s3.send(new HeadObjectCommand({ Bucket, Key: 'conditional', IfNoneMatch: ETag }))),
    { status: 304 },
  );
});

t.test('conditions of writes do', async (t) => {
  const Bucket = 'secret';
  const first = await put(Bucket, 'swapped');
  const swap = (IfMatch: string): Promise<{ status: number }> =>
    failureOf(s3.send(new PutObjectCommand({ Bucket, Key: 'swapped', Body: 'next', IfMatch })));
  t.match(await swap(OTHER), { status: 412 });
  t.match(await swap(first), { status: 200 });
  t.match(await swap(first), { status: 412 }, 'it has another ETag by now');
  const { ETag = '' } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'swapped' }));
  t.match(await swap(ETag.replace('-0"', '"')), { status: 200 });
});

t.test('an upload ends by the ETags of its parts, marked or not', async (t) => {
  for (const marked of [true, false]) {
    const named = { Bucket: 'secret', Key: `upload ${marked}` };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(named));
    const upload = { ...named, UploadId };
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    const bodies = [...(marked ? [randomBody(5 * MIB)] : []), randomBody(10)];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
      t.match(ETag, MARKED);
      parts.push({ PartNumber, ETag });
    }
    t.match((await s3.send(new ListPartsCommand(upload))).Parts, parts);
    const wrong = [{ PartNumber: 1, ETag: OTHER }];
    const refused = s3.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: wrong } }),
    );
    t.match(await failureOf(refused), { status: 400, name: 'InvalidPart' });
    const Parts = marked ? parts : parts.map((part) => ({ ...part, ETag: part.ETag?.replace('-0"', '"') }));
    const { ETag = '' } = await s3.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
    );
    t.match(ETag, /^"[0-9a-f]{32}-[12]"$/, 'that of an upload has a mark of its own');
    t.same(await shown(s3, 'secret', named.Key), everywhere(ETag));
    const conditional = new GetObjectCommand({ ...named, IfNoneMatch: ETag });
    t.match(await failureOf(s3.send(conditional)), { status: 304 });
  }
});

t.test('each end of a copy has the ETags of its own rule', async (t) => {
  const forms = { secret: MARKED, plain: BARE };
  for (const from of ['secret', 'plain'] as const) {
    for (const to of ['secret', 'plain'] as const) {
      const ETag = await put(from, 'source');
      const named = { Bucket: to, Key: 'copy', CopySource: `${from}/source` };
      const copied = await s3.send(new CopyObjectCommand({ ...named, CopySourceIfMatch: ETag }));
      t.match(copied.CopyObjectResult?.ETag, forms[to], `${from} to ${to}`);
      t.same(await shown(s3, to, 'copy'), everywhere(copied.CopyObjectResult?.ETag ?? ''));
      for (const condition of [{ CopySourceIfMatch: OTHER }, { CopySourceIfNoneMatch: ETag }]) {
        const refused = s3.send(new CopyObjectCommand({ ...named, ...condition }));
        t.match(await failureOf(refused), { status: 412 }, JSON.stringify(condition));
      }
    }
  }
  const ETag = await put('plain', 'source');
  const named = { Bucket: 'secret', Key: 'copied in parts' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(named));
  const part = await s3.send(
    new UploadPartCopyCommand({
      ...named,
      UploadId,
      PartNumber: 1,
      CopySource: 'plain/source',
      CopySourceIfMatch: ETag,
    }),
  );
  t.match(part.CopyPartResult?.ETag, MARKED);
  const Parts = [{ PartNumber: 1, ETag: part.CopyPartResult?.ETag }];
  const ended = await s3.send(
    new CompleteMultipartUploadCommand({ ...named, UploadId, MultipartUpload: { Parts } }),
  );
  t.match(ended.ETag, /-1"$/);
});

t.test('minio-js: a copy on condition, an upload in parts, a list', async (t) => {
  const agent = new Agent({ ca: stand.ca, keepAlive: true });
  t.teardown(() => agent.destroy());
  const client = new Client({
    endPoint: '127.0.0.1',
    port: Number(new URL(stand.proxy.urls[0] ?? '').port),
    useSSL: true,
    accessKey: CLIENT.accessKeyId,
    secretKey: CLIENT.secretAccessKey,
    region: REGION,
    transportAgent: agent,
    partSize: 5 * MIB,
    retryOptions: { disableRetry: true },
  });
  const { etag } = await client.putObject('secret', 'by minio', 'body');
  t.match(etag, /^[0-9a-f]{32}-0$/);
  t.equal((await client.statObject('secret', 'by minio')).etag, etag);
  for (const [tag, outcome] of [
    [etag, 200],
    ['0'.repeat(32), 412],
  ] as const) {
    const conditions = new CopyConditions();
    conditions.setMatchETag(tag);
    const copied = client.copyObject('secret', 'copied by minio', '/secret/by minio', conditions);
    t.equal((await failureOf(copied)).name === 'it succeeded' ? 200 : 412, outcome);
  }
  const large = randomBody(6 * MIB);
  const { etag: ofUpload } = await client.putObject('secret', 'parts by minio', large, large.byteLength);
  t.match(ofUpload, /^[0-9a-f]{32}-1$/, 'it went as an upload');
  const listed = new Map<string, string>();
  for await (const item of client.listObjectsV2('secret', '', true))
    listed.set((item as { name: string }).name, (item as { etag: string }).etag);
  t.equal(listed.get('by minio'), etag);
  t.equal(listed.get('parts by minio'), ofUpload);
});
