import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { deedsOf } from '../tool.ts';

/** Above it lib-storage puts in parts. */
const LARGE = 5 << 20;

export const sdkJs: readonly Client[] = [
  {
    id: 'sdk-js',
    title: 'AWS SDK for JavaScript',
    quick: true,
    from: { kind: 'npm', name: '@aws-sdk/client-s3' },
    deeds,
  },
];

async function deeds(target: Target): Promise<Deeds> {
  const s3 = new S3Client({
    endpoint: target.endpoint,
    region: target.region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: target,
    requestHandler: { httpsAgent: new Agent({ ca: await readFile(target.caFile), keepAlive: true }) },
  });
  const read = async (from: Place, file: string, Range?: string): Promise<void> => {
    const { Body } = await s3.send(new GetObjectCommand({ ...at(from), ...(Range && { Range }) }));
    await pipeline(Body as Readable, createWriteStream(file));
  };
  const list = async (Bucket: string, Prefix: string): Promise<string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key);
  };
  return deedsOf({
    put: async (file, to) => {
      const { size } = await stat(file);
      if (size > LARGE) await upload(s3, file, to);
      else await s3.send(new PutObjectCommand({ ...at(to), Body: await readFile(file) }));
    },
    // As the SDK sends a stream whose length is known: one body in chunks, with a trailer.
    putStream: async (file, to) => {
      const { size: ContentLength } = await stat(file);
      await s3.send(new PutObjectCommand({ ...at(to), Body: createReadStream(file), ContentLength }));
    },
    checksums: ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'],
    putChecked: async (file, to, ChecksumAlgorithm) => {
      const { size: ContentLength } = await stat(file);
      const Body = createReadStream(file);
      await s3.send(new PutObjectCommand({ ...at(to), Body, ContentLength, ChecksumAlgorithm }));
    },
    get: read,
    range: (from, first, last, file) => read(from, file, `bytes=${first}-${last}`),
    size: async (of) => (await s3.send(new HeadObjectCommand(at(of)))).ContentLength ?? -1,
    list,
    copy: async (from, to) => {
      const CopySource = `${from.bucket}/${encodeURI(from.objectKey)}`;
      await s3.send(new CopyObjectCommand({ ...at(to), CopySource }));
    },
    remove: async (place) => void (await s3.send(new DeleteObjectCommand(at(place)))),
    removeAll: async (Bucket, prefix) => {
      const Objects = (await list(Bucket, prefix)).map((Key) => ({ Key }));
      const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      if (Errors.length > 0) throw new Error(JSON.stringify(Errors[0]));
    },
  });
}

async function upload(client: S3Client, file: string, to: Place): Promise<void> {
  await new Upload({ client, params: { ...at(to), Body: createReadStream(file) } }).done();
}

function at({ bucket, objectKey }: Place): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: objectKey };
}
