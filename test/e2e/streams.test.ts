import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import {
  type ChecksumAlgorithm,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Client as MinioClient } from 'minio';
import t, { type Test } from 'tap';
import { framed, headerSigned } from '../support/wire-requests.ts';
import { type BodyStand, CLIENT, hostOf, REGION, send, signingAs, startBodyStand } from './body-stand.ts';

const MIB = 1024 * 1024;
const ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

/** The newest SDK as it comes: it streams with a trailer, and without a Content-Length. */
function sdk(t: Test, { ports, ca }: BodyStand, scheme: 'http' | 'https' = 'https'): S3Client {
  const httpsAgent = new Agent({ ca, keepAlive: true });
  const s3 = new S3Client({
    endpoint: `${scheme}://127.0.0.1:${ports[scheme]}`,
    region: REGION,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: CLIENT,
    requestHandler: { httpsAgent },
  });
  t.teardown(() => {
    s3.destroy();
    httpsAgent.destroy();
  });
  return s3;
}

/** `size` bytes in pieces, and their digest once they have been read. */
function source(size: number): { stream: Readable; digest: () => string } {
  const hash = createHash('sha256');
  const pieces = function* (): Generator<Buffer> {
    for (let at = 0, seed = 0; at < size; seed += 1) {
      const piece = Buffer.alloc(Math.min(40_000, size - at), `${seed} of a stream. `);
      at += piece.length;
      hash.update(piece);
      yield piece;
    }
  };
  return { stream: Readable.from(pieces(), { objectMode: false }), digest: () => hash.digest('hex') };
}

async function digestOf(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const hash = createHash('sha256');
  const stream = Body as Readable;
  stream.on('data', (bytes: Buffer) => hash.update(bytes));
  await once(stream, 'end');
  return hash.digest('hex');
}

t.test('streams of every size come back, with the checksum that the store keeps', async (t) => {
  const stand = await startBodyStand(t, { provider: 'aws' });
  const s3 = sdk(t, stand);
  for (const ChecksumAlgorithm of ALGORITHMS) {
    for (const size of [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 600_000]) {
      const at = { Bucket: 'secret', Key: `${ChecksumAlgorithm}/${size}` };
      const { stream, digest } = source(size);
      await s3.send(new PutObjectCommand({ ...at, Body: stream, ContentLength: size, ChecksumAlgorithm }));
      t.equal(await digestOf(s3, at.Bucket, at.Key), digest(), at.Key);
      const head = await s3.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
      t.equal(head.ContentLength, size);
      t.equal(head.ContentEncoding, undefined);
      t.ok(head[`Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32'], `the store has the ${ChecksumAlgorithm}`);
    }
  }
});

t.test(
  'a checksum of the xxhash family goes on to a store that takes trailers, which keeps it',
  async (t) => {
    const { ports } = await startBodyStand(t, { provider: 'aws' });
    const asked = { path: '/secret/k', host: hostOf(ports.http) };
    const request = framed({ method: 'PUT', ...asked }, 'Hello world', signingAs(CLIENT), {
      framing: 'unsigned trailer',
      trailer: ['x-amz-checksum-xxhash128', 'c1H4mBL5c4K5HQWzHgTdfw=='],
    });
    t.equal((await send(ports.http, request)).status, 200);
    const headers = { 'x-amz-checksum-mode': 'ENABLED' };
    const { head } = await send(
      ports.http,
      headerSigned({ method: 'HEAD', ...asked, headers }, '', signingAs(CLIENT)),
    );
    t.match(head, 'x-amz-checksum-xxhash128: c1H4mBL5c4K5HQWzHgTdfw==');
  },
);

t.test('a large stream comes back, also over plain HTTP and to a store that takes no trailers', async (t) => {
  const stand = await startBodyStand(t, { provider: 'ceph' });
  for (const scheme of ['http', 'https'] as const) {
    const s3 = sdk(t, stand, scheme);
    for (const Bucket of ['secret', 'plain']) {
      const size = scheme === 'https' && Bucket === 'secret' ? 16 * MIB : MIB;
      const { stream, digest } = source(size);
      const coded = { ContentEncoding: 'gzip', ContentLength: size };
      await s3.send(new PutObjectCommand({ Bucket, Key: scheme, Body: stream, ...coded }));
      const { ContentEncoding } = await s3.send(new HeadObjectCommand({ Bucket, Key: scheme }));
      t.equal(ContentEncoding, 'gzip', 'what is the object’s own stays');
      t.equal(await digestOf(s3, Bucket, scheme), digest());
    }
  }
});

t.test('lib-storage uploads a stream in parts', async (t) => {
  for (const provider of ['aws', 'generic'] as const) {
    const s3 = sdk(t, await startBodyStand(t, { provider }));
    const { stream, digest } = source(11 * MIB);
    const params = { Bucket: 'secret', Key: 'parts', Body: stream };
    await new Upload({ client: s3, params, partSize: 5 * MIB }).done();
    t.equal(await digestOf(s3, 'secret', 'parts'), digest(), provider);
  }
});

t.test('the minio client uploads over plain HTTP', async (t) => {
  const { ports } = await startBodyStand(t);
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = CLIENT;
  const client = new MinioClient({
    endPoint: '127.0.0.1',
    port: ports.http,
    useSSL: false,
    accessKey,
    secretKey,
    region: REGION,
  });
  for (const size of [0, 1, MIB]) {
    const body = Buffer.alloc(size, 'from minio ');
    await client.putObject('secret', `${size}`, Readable.from([body], { objectMode: false }), size);
    const got: Buffer[] = [];
    for await (const piece of await client.getObject('secret', `${size}`)) got.push(piece as Buffer);
    t.ok(Buffer.concat(got).equals(body), `${size} bytes`);
  }
});
