import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Client, CopyDestinationOptions, CopySourceOptions } from 'minio';
import t from 'tap';
import {
  assertSealed,
  BUCKETS,
  bodyWith,
  CLIENT,
  newMarker,
  REGION,
  randomBody,
  sha256,
  startStand,
} from './support.ts';
import { eventually } from './wire.ts';

const MIB = 1024 * 1024;
const bucket = BUCKETS.secret;
const stand = await startStand(t);
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

/** Puts an object with a marker of its own. */
async function putMarked(objectKey: string, into: string = bucket): Promise<string> {
  const marker = newMarker();
  await client.putObject(into, objectKey, bodyWith(marker, 5000), 5000, { 'X-Amz-Meta-Colour': 'blue' });
  return marker;
}

/** As a file would stream; the client makes one part of a chunk that is as large as many. */
function* slices(body: Buffer, size: number): Generator<Buffer> {
  for (let start = 0; start < body.length; start += size) yield body.subarray(start, start + size);
}

async function bodyOf(from: string, objectKey: string): Promise<Buffer> {
  return await buffer(await client.getObject(from, objectKey));
}

t.test('put, get, ranged get and stat', async (t) => {
  const marker = await putMarked('a b+c.bin');
  t.same(await bodyOf(bucket, 'a b+c.bin'), bodyWith(marker, 5000));
  const part = await buffer(await client.getPartialObject(bucket, 'a b+c.bin', 250, 50));
  t.same(part, bodyWith(marker, 5000).subarray(250, 300));
  const stat = await client.statObject(bucket, 'a b+c.bin');
  t.match(stat, { size: 5000, metaData: { colour: 'blue' } });
  await assertSealed(t, stand, { bucket, objectKey: 'a b+c.bin', marker });
});

t.test('a stream of known size', async (t) => {
  const marker = newMarker();
  const body = bodyWith(marker, 100_000);
  await client.putObject(
    bucket,
    'stream.bin',
    Readable.from([body.subarray(0, 777), body.subarray(777)]),
    body.length,
  );
  t.same(await bodyOf(bucket, 'stream.bin'), body);
  await assertSealed(t, stand, { bucket, objectKey: 'stream.bin', marker });
});

t.test('16 MiB in parts', async (t) => {
  const marker = newMarker();
  const body = Buffer.concat([bodyWith(marker, 6 * MIB), randomBody(10 * MIB)]);
  await client.putObject(bucket, 'large.bin', Readable.from(slices(body, 64 * 1024)), body.length);
  const parts = () => stand.log.filter(({ op }) => op === 'UploadPart').length;
  await eventually(() => parts() >= 4);
  t.equal(parts(), 4);
  t.equal(sha256(await bodyOf(bucket, 'large.bin')), sha256(body));
  await assertSealed(t, stand, { bucket, objectKey: 'large.bin', marker });
});

t.test('lists, v1 and v2', async (t) => {
  const keys = ['list/1', 'list/2 ä', 'list/deep/3'];
  for (const objectKey of keys) await putMarked(objectKey);
  const v1 = await client.listObjects(bucket, 'list/', true).toArray();
  t.same(
    v1.map((entry: { name?: string }) => entry.name),
    keys,
  );
  const v2 = await client.listObjectsV2(bucket, 'list/', false).toArray();
  t.same(
    v2.map((entry: { name?: string; prefix?: string }) => entry.name ?? entry.prefix),
    ['list/1', 'list/2 ä', 'list/deep/'],
  );
});

for (const from of [BUCKETS.secret, BUCKETS.plain]) {
  for (const to of [BUCKETS.secret, BUCKETS.plain]) {
    t.test(`copyObject from ${from} to ${to}`, async (t) => {
      const marker = await putMarked('source.bin', from);
      const before = await stand.onDisk(marker);
      await client.copyObject(
        new CopySourceOptions({ Bucket: from, Object: 'source.bin' }),
        new CopyDestinationOptions({ Bucket: to, Object: `from-${from}` }),
      );
      t.same(await bodyOf(to, `from-${from}`), bodyWith(marker, 5000));
      if (to === BUCKETS.secret) await assertSealed(t, stand, { bucket: to, objectKey: `from-${from}` });
      t.equal(await stand.onDisk(marker), before + (to === BUCKETS.plain ? 1 : 0));
    });
  }
}

t.test('composeObject by UploadPartCopy', async (t) => {
  const marker = newMarker();
  const body = bodyWith(marker, 5 * MIB);
  await client.putObject(bucket, 'compose/1', body, body.length);
  await client.putObject(bucket, 'compose/2', 'the end', 7);
  await client.composeObject(new CopyDestinationOptions({ Bucket: bucket, Object: 'composed' }), [
    new CopySourceOptions({ Bucket: bucket, Object: 'compose/1' }),
    new CopySourceOptions({ Bucket: bucket, Object: 'compose/2' }),
  ]);
  const copies = () => stand.log.filter(({ op }) => op === 'UploadPartCopy').length;
  await eventually(() => copies() >= 2);
  t.equal(copies(), 2);
  t.equal(sha256(await bodyOf(bucket, 'composed')), sha256(Buffer.concat([body, Buffer.from('the end')])));
  await assertSealed(t, stand, { bucket, objectKey: 'composed', marker });
});

t.test('tagging', async (t) => {
  const marker = await putMarked('tagged');
  await client.setObjectTagging(bucket, 'tagged', { colour: 'blue' });
  t.same(await client.getObjectTagging(bucket, 'tagged'), [{ Key: 'colour', Value: 'blue' }]);
  await assertSealed(t, stand, { bucket, objectKey: 'tagged', marker });
});

t.test('delete one and many', async (t) => {
  for (const objectKey of ['gone/1', 'gone/2', 'gone/3']) await putMarked(objectKey);
  await client.removeObject(bucket, 'gone/1');
  await t.rejects(client.statObject(bucket, 'gone/1'), { code: 'NotFound' });
  await client.removeObjects(bucket, ['gone/2', 'gone/3']);
  t.same(await client.listObjects(bucket, 'gone/', true).toArray(), []);
});

t.test('versions', async (t) => {
  await client.setBucketVersioning(BUCKETS.split, { Status: 'Enabled' });
  const older = await putMarked('versioned', BUCKETS.split);
  const newer = await putMarked('versioned', BUCKETS.split);
  const listed = await client
    .listObjects(BUCKETS.split, 'versioned', true, { IncludeVersion: true })
    .toArray();
  const bodies = await Promise.all(
    listed.map(async ({ versionId }: { versionId?: string }) =>
      buffer(await client.getObject(BUCKETS.split, 'versioned', { versionId: versionId ?? '' })),
    ),
  );
  t.same(bodies, [bodyWith(newer, 5000), bodyWith(older, 5000)]);
  t.equal((await stand.onDisk(older)) + (await stand.onDisk(newer)), 0);
});

t.test('buckets and unfinished uploads', async (t) => {
  t.ok(await client.bucketExists(bucket));
  t.ok((await client.listBuckets()).some(({ name }) => name === bucket));
  const uploadId = await client.initiateNewMultipartUpload(bucket, 'unfinished', {});
  const listed = await client.listIncompleteUploads(bucket, 'unfinished', true).toArray();
  t.match(listed, [{ key: 'unfinished', uploadId }]);
  await client.removeIncompleteUpload(bucket, 'unfinished');
  t.same(await client.listIncompleteUploads(bucket, 'unfinished', true).toArray(), []);
});
