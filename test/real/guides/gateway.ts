import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { bytesOf } from '../../e2e/support.ts';
import type { Direct } from '../../matrix/direct.ts';
import { install } from '../../matrix/install.ts';
import { BUCKETS, end, type ProxyProcess } from '../../matrix/proxy.ts';
import { freePort } from '../../matrix/stores/free-port.ts';
import { untilReady } from '../../matrix/stores/ready.ts';
import { MODULE } from '../../matrix/stores/versitygw.ts';
import { check, equal } from '../signed/checks.ts';

const OWN = { accessKeyId: 'gateway', secretAccessKey: 'gateway-secret-for-tests' };
const HEALTH = '/health-of-the-gateway';

/** versitygw with its S3 backend, whose store is the proxy: as docs/guides/threads.md says. */
export async function throughGateway(
  folder: string,
  cache: string,
  { authorities, client }: ProxyProcess,
  direct: Direct,
): Promise<void> {
  const { program } = await install(MODULE, cache);
  const [port, metadata] = [await freePort(), join(folder, 'gateway')];
  await mkdir(metadata, { recursive: true });
  const gateway = ['--port', `127.0.0.1:${port}`, '--health', HEALTH, '--keep-alive', '--quiet'];
  const store = ['s3', '--endpoint', `http://${authorities.http}`, '--use-path-style'];
  const backend = ['--access', client.accessKeyId, '--secret', client.secretAccessKey];
  const child = spawn(program, [...gateway, ...store, ...backend], {
    stdio: 'ignore',
    env: { HOME: metadata, ROOT_ACCESS_KEY_ID: OWN.accessKeyId, ROOT_SECRET_ACCESS_KEY: OWN.secretAccessKey },
  });
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { ...OWN },
  });
  try {
    await untilReady(`http://127.0.0.1:${port}${HEALTH}`, child);
    const Bucket = BUCKETS.sealed;
    await check('versitygw in front: an object is encrypted, and read back', async () => {
      const body = Buffer.from('of a client of versitygw');
      await s3.send(new PutObjectCommand({ Bucket, Key: 'gateway/small', Body: body }));
      await direct.sealed({ bucket: Bucket, objectKey: 'gateway/small' }, body);
      equal((await bytesOf(s3, Bucket, 'gateway/small')).toString(), body.toString());
    });
    await check('versitygw in front: an upload in parts is encrypted, and read back', async () => {
      const body = Buffer.alloc(6 << 20, 'part ');
      await inParts(s3, Bucket, 'gateway/parts', body);
      await direct.sealed({ bucket: Bucket, objectKey: 'gateway/parts' }, body);
      equal(body.equals(await bytesOf(s3, Bucket, 'gateway/parts')), true);
    });
  } finally {
    s3.destroy();
    await end(child);
  }
}

async function inParts(s3: S3Client, Bucket: string, Key: string, body: Buffer): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const halves = [body.subarray(0, 5 << 20), body.subarray(5 << 20)];
  const Parts = [];
  for (const [index, Body] of halves.entries()) {
    const PartNumber = index + 1;
    const { ETag, ChecksumCRC32 } = await s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
    );
    Parts.push({ ETag, PartNumber, ...(ChecksumCRC32 && { ChecksumCRC32 }) });
  }
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
}
