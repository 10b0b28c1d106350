import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Bodies, Place } from './bench.ts';
import { bodyOf, type Markers } from './bodies.ts';
import { BUCKETS, type ProxyProcess } from './proxy.ts';

/** Objects that are there before any client comes, put through the proxy. */
export interface Seeds {
  readonly small: Place;
  /** In parts of 8 MiB. */
  readonly large: Place;
  readonly listed: {
    readonly bucket: string;
    readonly prefix: string;
    readonly objectKeys: readonly string[];
  };
}

const LISTED = ['a', 'b with space', 'c+plus', 'd&amp', 'e/deeper', 'ümläut', 'percent%41'];

/** A client for what the matrix itself stores. */
export function openSeeder(proxy: ProxyProcess, ca: string): S3Client {
  return new S3Client({
    endpoint: `https://${proxy.authorities.https}`,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: proxy.client,
    requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) },
  });
}

/** Puts the seeds, and plain objects: a search that did not find those would find nothing at all. */
export async function plantSeeds(s3: S3Client, bodies: Bodies, markers: Markers): Promise<Seeds> {
  const small = { bucket: BUCKETS.sealed, objectKey: 'seeds/small' };
  const large = { bucket: BUCKETS.sealed, objectKey: 'seeds/large' };
  const prefix = 'seeds/listed/';
  const objectKeys = LISTED.map((name) => `${prefix}${name}`);
  await seed(s3, small, bodies.small);
  await putInParts(s3, large, createReadStream(bodies.large));
  for (const Key of objectKeys)
    await s3.send(new PutObjectCommand({ Bucket: BUCKETS.sealed, Key, Body: bodyOf(500, markers.sealed) }));
  await s3.send(
    new PutObjectCommand({ Bucket: BUCKETS.open, Key: 'plain/small', Body: bodyOf(20_000, markers.open) }),
  );
  await putInParts(s3, { bucket: BUCKETS.open, objectKey: 'plain/large' }, bodyOf(20 << 20, markers.open));
  return { small, large, listed: { bucket: BUCKETS.sealed, prefix, objectKeys } };
}

/** Puts a file as one object, in one request. */
export async function seed(s3: S3Client, { bucket, objectKey }: Place, file: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: objectKey, Body: await readFile(file) }));
}

async function putInParts(s3: S3Client, to: Place, Body: NodeJS.ReadableStream | Buffer): Promise<void> {
  const params = { Bucket: to.bucket, Key: to.objectKey, Body: Body as Buffer };
  await new Upload({ client: s3, params, partSize: 8 << 20 }).done();
}
