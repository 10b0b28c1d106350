import { createHash } from 'node:crypto';
import { Agent } from 'node:https';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Place } from './bench.ts';
import { lookupLocalhost } from './localhost.ts';
import { DOMAIN } from './proxy.ts';
import type { RunningStore } from './store.ts';

/** The store without the proxy: what really lies there. */
export interface Direct {
  createBucket(bucket: string): Promise<void>;
  /** The store refuses the object without the SSE-C key, and gives these bytes with it; else it throws. */
  sealed(place: Place, bytes: Uint8Array): Promise<void>;
  /** The same for every object below a prefix, whatever its bytes; their number. */
  sealedBelow(bucket: string, prefix: string): Promise<number>;
  absent(place: Place): Promise<void>;
  list(bucket: string, prefix: string): Promise<readonly string[]>;
  close(): void;
}

/**
 * An S3 client of the store's owner, who holds the SSE-C key. Where nothing encrypts it asks whether the object is there
 * with these bytes.
 */
export function openDirect(store: RunningStore, ca: string, ssecKey: Buffer, encrypts = true): Direct {
  const s3 = new S3Client({
    endpoint: store.endpoint,
    region: store.region,
    forcePathStyle: !store.endpoint.includes(DOMAIN),
    maxAttempts: 1,
    credentials: store.credentials,
    // OBS takes no checksums of S3's, and no hashes of bodies.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true, lookup: lookupLocalhost }) },
  });
  const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  s3.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, unsigned);
      return next(args);
    },
    { step: 'build' },
  );
  const keyFields = encrypts && {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: ssecKey.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(ssecKey).digest('base64'),
  };
  const read = async ({ bucket, objectKey }: Place): Promise<Uint8Array> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey, ...keyFields }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
  const refuse = async ({ bucket, objectKey }: Place): Promise<void> => {
    if (!encrypts) return;
    const status = await statusOf(s3.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey })));
    if (status === 404) throw new Error(`the store has no ${objectKey}`);
    if (status !== 400 && status !== 403)
      throw new Error(`the store answers ${status} for ${objectKey} without the SSE-C key`);
  };
  const list = async (bucket: string, prefix: string): Promise<readonly string[]> => {
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix });
    const objectKeys: string[] = [];
    for await (const { Contents = [] } of pages) objectKeys.push(...Contents.map(({ Key = '' }) => Key));
    return objectKeys;
  };
  return {
    createBucket: async (bucket) => void (await s3.send(new CreateBucketCommand({ Bucket: bucket }))),
    sealed: async (place, bytes) => {
      await refuse(place);
      const got = await read(place);
      if (!Buffer.from(got).equals(bytes))
        throw new Error(`the store holds ${got.length} other bytes than the ${bytes.length} that were sent`);
    },
    sealedBelow: async (bucket, prefix) => {
      const objectKeys = await list(bucket, prefix);
      for (const objectKey of objectKeys) {
        await refuse({ bucket, objectKey });
        await read({ bucket, objectKey });
      }
      return objectKeys.length;
    },
    absent: async ({ bucket, objectKey }) => {
      const status = await statusOf(
        s3.send(new HeadObjectCommand({ Bucket: bucket, Key: objectKey, ...keyFields })),
      );
      if (status !== 404) throw new Error(`${objectKey} should be gone, and the store answers ${status}`);
    },
    list,
    close: () => s3.destroy(),
  };
}

async function statusOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 200;
  } catch (error) {
    return (error as S3ServiceException).$metadata?.httpStatusCode ?? 0;
  }
}
