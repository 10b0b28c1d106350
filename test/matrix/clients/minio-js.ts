import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { Client as MinioClient } from 'minio';
import type { Client, Deeds, Target } from '../client.ts';
import { deedsOf } from '../tool.ts';

export const minioJs: readonly Client[] = [
  { id: 'minio-js', title: 'minio-js', quick: true, from: { kind: 'npm', name: 'minio' }, deeds },
];

async function deeds(target: Target): Promise<Deeds> {
  const useSSL = target.scheme === 'https';
  const minio = new MinioClient({
    endPoint: 'localhost',
    port: Number(new URL(target.endpoint).port),
    useSSL,
    accessKey: target.accessKeyId,
    secretKey: target.secretAccessKey,
    // 20 MiB are to go in parts.
    partSize: 8 << 20,
    ...(useSSL && { transportAgent: new Agent({ ca: await readFile(target.caFile) }) }),
  });
  const list = async (bucket: string, prefix: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const entry of minio.listObjectsV2(bucket, prefix, true) as AsyncIterable<{ name: string }>)
      names.push(entry.name);
    return names;
  };
  return deedsOf({
    put: async (file, to) => void (await minio.fPutObject(to.bucket, to.objectKey, file)),
    putStream: async (file, to) =>
      void (await minio.putObject(to.bucket, to.objectKey, createReadStream(file))),
    get: (from, file) => minio.fGetObject(from.bucket, from.objectKey, file),
    range: async (from, first, last, file) => {
      const length = last - first + 1;
      const body = await minio.getPartialObject(from.bucket, from.objectKey, first, length);
      await pipeline(body, createWriteStream(file));
    },
    size: async (of) => (await minio.statObject(of.bucket, of.objectKey)).size,
    list,
    link: (to) => minio.presignedGetObject(to.bucket, to.objectKey, 600),
    copy: async (from, to) =>
      void (await minio.copyObject(to.bucket, to.objectKey, `/${from.bucket}/${from.objectKey}`)),
    remove: (at) => minio.removeObject(at.bucket, at.objectKey),
    removeAll: async (bucket, prefix) => {
      const failures = await minio.removeObjects(bucket, await list(bucket, prefix));
      if (failures.length > 0) throw new Error(JSON.stringify(failures[0]));
    },
  });
}
