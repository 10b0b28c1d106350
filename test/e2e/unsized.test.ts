import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { obsClient } from '../obs/client.ts';
import {
  assertSealed,
  BUCKETS,
  bodyWith,
  bytesOf,
  CLIENT,
  newMarker,
  sha256,
  startStand,
} from './support.ts';

const MIB = 1024 * 1024;

const stand = await startStand(t, (snapshot) => ({ ...snapshot, obs: true, sigv2: true }));
const { s3, proxy, ca } = stand;
const obs = obsClient({ url: proxy.urls[0] ?? '', ca, credentials: CLIENT });
const { secret, plain } = BUCKETS;

const uploadsLeft = async (Bucket: string): Promise<number> =>
  (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0;

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('base64');

t.test('a body of unknown length is sealed whatever its length, and comes back whole', async (t) => {
  for (const scheme of ['OBS', 'AWS'] as const)
    for (const size of [0, 1, 64 * 1024, 5 * MIB, 5 * MIB + 1, 12 * MIB]) {
      const marker = newMarker();
      const body = bodyWith(marker, size);
      const prefix = scheme === 'OBS' ? 'x-obs-' : 'x-amz-';
      const written = await obs({
        method: 'PUT',
        path: `/${secret}/k${size}`,
        headers: { 'content-type': 'text/x-test', 'content-md5': md5(body), [`${prefix}meta-colour`]: 'red' },
        body,
        chunked: true,
        scheme,
      });
      t.match(written, { status: 200, text: '' }, `${scheme} ${size}`);
      t.equal(written.headers[`${prefix}server-side-encryption-customer-algorithm`], 'AES256');
      await assertSealed(t, stand, { bucket: secret, objectKey: `k${size}`, marker });
      t.equal(sha256(await bytesOf(s3, secret, `k${size}`)), sha256(body));
      const head = await s3.send(new HeadObjectCommand({ Bucket: secret, Key: `k${size}` }));
      t.match(head, {
        ContentType: 'text/x-test',
        Metadata: { colour: 'red' },
        ETag: written.headers['etag'],
      });
    }
  t.equal(await uploadsLeft(secret), 0);
});

t.test('a condition is that of the whole, and what lies there stays', async (t) => {
  const old = bodyWith('old', 6 * MIB);
  const path = `/${secret}/once`;
  const headers = { 'if-none-match': '*' };
  t.match(await obs({ method: 'PUT', path, headers, body: old, chunked: true }), { status: 200 });
  for (const size of [1000, 6 * MIB]) {
    const refused = await obs({ method: 'PUT', path, headers, body: bodyWith('new', size), chunked: true });
    t.match(refused, { status: 412, text: /<Code>PreconditionFailed</ }, `${size} bytes`);
  }
  t.equal(sha256(await bytesOf(s3, secret, 'once')), sha256(old));
  t.equal(await uploadsLeft(secret), 0);
});

t.test('a wrong digest leaves neither an object nor an upload', async (t) => {
  for (const size of [1000, 6 * MIB]) {
    const headers = { 'content-md5': md5(Buffer.from('another')) };
    const body = bodyWith('wrong', size);
    const refused = await obs({ method: 'PUT', path: `/${secret}/wrong`, headers, body, chunked: true });
    t.match(refused, { status: 400, text: /<Code>BadDigest</ });
  }
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: secret, Prefix: 'wrong' }));
  t.same(Contents, undefined);
  t.equal(await uploadsLeft(secret), 0);
});

t.test('a part of unknown length is one of an upload of the client', async (t) => {
  const Key = 'of parts';
  const path = `/${secret}/of%20parts`;
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket: secret, Key }));
  const body = bodyWith('part', 19 * MIB);
  const query = `partNumber=1&uploadId=${encodeURIComponent(UploadId)}`;
  const signed = `?partNumber=1&uploadId=${UploadId}`;
  const part = await obs({ method: 'PUT', path: `${path}?${query}`, signed, body, chunked: true });
  t.match(part, { status: 200 });
  await s3.send(
    new CompleteMultipartUploadCommand({
      Bucket: secret,
      Key,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: String(part.headers['etag']) }] },
    }),
  );
  t.equal(sha256(await bytesOf(s3, secret, Key)), sha256(body));
  const large = bodyWith('large', 33 * MIB);
  const refused = await obs({ method: 'PUT', path: `${path}?${query}`, signed, body: large, chunked: true });
  t.match(refused, { status: 400, text: /<Code>EntityTooLarge</ });
});

t.test('a document of unknown length is read as any other', async (t) => {
  t.match(await obs({ method: 'PUT', path: `/${plain}/gone`, body: 'x', chunked: true }), { status: 200 });
  const body = '<Delete><Object><Key>gone</Key></Object></Delete>';
  const headers = { 'content-md5': md5(Buffer.from(body)) };
  const path = `/${plain}?delete`;
  const deleted = await obs({ method: 'POST', path, signed: '?delete', headers, body, chunked: true });
  t.match(deleted, { status: 200, text: /<Deleted>/ });
});
