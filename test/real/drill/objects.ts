import { createHash, randomBytes } from 'node:crypto';
import { PROVIDERS } from '../../../src/s3/providers.ts';
import { Secret } from '../../../src/secret.ts';
import { type StoreClient, type StoreRequest, storeClient } from '../../../src/store-client/client.ts';
import type { Upstream } from '../../../src/upstream/upstream.ts';
import type { DrilledStore } from './store.ts';

/** A version as it was written. */
export interface Written {
  readonly objectKey: string;
  readonly versionId: string;
  readonly sha256: string;
}

/** Object keys of every awkward kind, written under each key. */
export const OBJECT_KEYS: readonly string[] = [
  'plain.txt',
  "it's/a b/ä+%41&$HOME.tar.gz",
  'empty',
  'parts/large.bin',
];

const PART_BYTES = 5 * 1024 * 1024;

/** Through a proxy over plain HTTP on loopback, that asks for no signature. */
export function clientOfProxy(url: string, region: string): StoreClient {
  const credentials = { accessKeyId: 'anybody', secretAccessKey: new Secret('anything') };
  return clientOf(url, { region, credentials, ca: undefined });
}

/** To the store itself. `ca`: a PEM text. */
export function clientOfStore({ endpoint, region, ...keys }: DrilledStore, ca: string): StoreClient {
  const credentials = { accessKeyId: keys.accessKeyId, secretAccessKey: new Secret(keys.secretAccessKey) };
  return clientOf(endpoint, { region, credentials, ca });
}

function clientOf(url: string, rest: Pick<Upstream, 'region' | 'credentials' | 'ca'>): StoreClient {
  const { protocol, hostname, port } = new URL(url);
  const upstream: Upstream = {
    name: 'upstream',
    ...rest,
    protocol: protocol === 'https:' ? 'https:' : 'http:',
    hostname,
    port: Number(port),
    basePath: '',
    addressing: 'path',
    provider: PROVIDERS.generic,
    etags: 'as-is',
    transport: 'direct',
    signer: 'own',
    timeouts: { connect: 5000, headers: 60_000, idle: 60_000, document: 60_000, keepAlive: 4000 },
    limits: { connections: 256, queue: 256, wait: 1000 },
  };
  return storeClient(upstream, {
    clock: () => new Date(),
    random: Math.random,
    signal: AbortSignal.timeout(20 * 60_000),
    connections: 8,
  });
}

/** Sends a request that has to succeed, and reads its answer. */
export async function succeed(
  client: StoreClient,
  request: StoreRequest,
): Promise<{ readonly body: Buffer; readonly headers: Readonly<Record<string, unknown>> }> {
  const response = await client.send(request);
  const body = Buffer.concat((await response.toArray()) as Buffer[]);
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    throw new Error(
      `${request.method} ${request.objectKey ?? ''}: ${status} ${body.toString().slice(0, 300)}`,
    );
  }
  return { body, headers: response.headers };
}

/** Random bytes, of a size that goes with the object key; large ones in two parts. */
export async function writeVersion(client: StoreClient, bucket: string, objectKey: string): Promise<Written> {
  const parts = objectKey.startsWith('parts/');
  const size =
    objectKey === 'empty' ? 0 : parts ? PART_BYTES + 7 : 1 + (randomBytes(2).readUInt16BE() % 20_000);
  const body = randomBytes(size);
  const versionId = parts
    ? await writeParts(client, { bucket, objectKey }, [
        body.subarray(0, PART_BYTES),
        body.subarray(PART_BYTES),
      ])
    : versionOf(await succeed(client, { method: 'PUT', bucket, objectKey, body }));
  return { objectKey, versionId, sha256: sha256(body) };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function writeParts(
  client: StoreClient,
  object: { readonly bucket: string; readonly objectKey: string },
  parts: readonly Uint8Array[],
): Promise<string> {
  const created = await succeed(client, { method: 'POST', ...object, query: { uploads: undefined } });
  const [, uploadId = ''] = /<UploadId>([^<]+)</.exec(created.body.toString()) ?? [];
  const lines: string[] = [];
  for (const [index, body] of parts.entries()) {
    const query = { partNumber: String(index + 1), uploadId };
    const { headers } = await succeed(client, { method: 'PUT', ...object, query, body });
    lines.push(`<Part><PartNumber>${index + 1}</PartNumber><ETag>${String(headers.etag)}</ETag></Part>`);
  }
  const body = Buffer.from(`<CompleteMultipartUpload>${lines.join('')}</CompleteMultipartUpload>`);
  const done = await succeed(client, { method: 'POST', ...object, query: { uploadId }, body });
  if (done.headers['x-amz-version-id'] !== undefined) return versionOf(done);
  // Ceph tells no version here; it is the one that is current now.
  return versionOf(await succeed(client, { method: 'HEAD', ...object }));
}

function versionOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  const versionId = headers['x-amz-version-id'];
  if (typeof versionId !== 'string') throw new Error('the store told no version');
  return versionId;
}
