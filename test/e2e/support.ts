import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { Test } from 'tap';
import { type Certificates, makeCertificates } from '../../src/cli/certificate.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { makeLog } from '../../src/log.ts';
import { type RunningProxy, startProxy } from '../../src/proxy/serve.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { runProgram } from './process.ts';

export const REGION = 'eu-test-1';
export const CLIENT = { accessKeyId: 'client', secretAccessKey: 'client-secret-for-tests' };
const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
/** A host name for virtual-host style: Node takes no certificate for `*.localhost`. */
export const DOMAIN = 's3.proxy.test';

/** Objects in SECRET are encrypted by rule, those in PLAIN are not, and in SPLIT it hangs on the prefix. */
export const BUCKETS = { secret: 'secret', plain: 'plain', split: 'split' } as const;

/** A proxy before a sandbox, both over HTTPS on ports of their own, and clients for either. */
export interface Stand {
  readonly proxy: RunningProxy;
  readonly sandbox: Sandbox;
  readonly ca: string;
  /** Knows nothing of SSE-C and talks to the proxy. */
  readonly s3: S3Client;
  /** The store's owner without the SSE-C key, straight to the sandbox. */
  readonly direct: S3Client;
  /** Another client for the proxy, unlike `s3` where `overrides` say. */
  readonly client: (overrides?: S3ClientConfig) => S3Client;
  /** A proxy before the same sandbox with another ring, first key first, and more that its rules say. */
  readonly withRing: (ids: readonly string[], more?: string) => Promise<S3Client>;
  /** The 32 bytes of one of its keys. */
  readonly keyBytes: (id: 'new' | 'old') => Promise<Buffer>;
  /** The proxy of `s3` goes on with another config. */
  readonly reload: (config: ConfigOf) => Promise<void>;
  /** A client for a proxy in a process of its own. */
  readonly inProcess: (config: ConfigOf) => Promise<S3Client>;
  /** Lines of the proxy's log, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** How many files on the store's disk hold the text. */
  readonly onDisk: (marker: string) => Promise<number>;
}

interface ConfigOf {
  /** The keys of `secret` and `split`, first key first. */
  readonly ring: readonly string[];
  /** From when on the key `new` writes, RFC 3339. */
  readonly newWritesFrom?: string;
  /** Instead of the ring, for `secret`. */
  readonly secret?: string;
  /** Further lines of the rule of `secret`. */
  readonly more?: string;
}

/**
 * Starts a stand whose parts end with the test.
 * @param adapt what its proxies serve by, of what their configs say
 */
export async function startStand(
  t: Test,
  adapt: (snapshot: Snapshot) => Snapshot = (snapshot) => snapshot,
): Promise<Stand> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-e2e-'));
  const certificates = await makeCertificates({
    names: ['localhost', DOMAIN, `*.${DOMAIN}`],
    addresses: ['127.0.0.1'],
  });
  const sandbox = await openSandbox(t, folder, certificates);
  await writeFiles(folder, certificates);
  const log: Record<string, unknown>[] = [];
  const proxy = await openProxy(folder, sandbox.port, { ring: ['new', 'old'] }, { log, adapt });
  const opened: { destroy(): void }[] = [];
  const proxies = [proxy];
  const clientOf = (url: string, credentials: typeof CLIENT, overrides: S3ClientConfig = {}): S3Client => {
    const agent = new Agent({ ca: certificates.ca, keepAlive: true });
    const s3 = new S3Client({
      endpoint: url,
      region: REGION,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials,
      requestHandler: { httpsAgent: agent },
      ...overrides,
    });
    opened.push(s3, agent);
    return s3;
  };
  const client = (overrides?: S3ClientConfig): S3Client => clientOf(proxy.urls[0] ?? '', CLIENT, overrides);
  t.teardown(async () => {
    for (const part of opened) part.destroy();
    await Promise.all(proxies.map((each) => each.stop()));
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const s3 = client();
  for (const Bucket of Object.values(BUCKETS)) await s3.send(new CreateBucketCommand({ Bucket }));
  return {
    proxy,
    sandbox,
    ca: certificates.ca,
    s3,
    direct: clientOf(sandbox.url, OWNER),
    client,
    keyBytes: (id) => readFile(join(folder, `${id}.key`)),
    withRing: async (ring, more = '') => {
      const other = await openProxy(folder, sandbox.port, { ring, more }, { log, adapt });
      proxies.push(other);
      return clientOf(other.urls[0] ?? '', CLIENT);
    },
    reload: async (config) => {
      proxy.reload(adapt(await snapshotFrom(await writeConfig(folder, sandbox.port, config))));
    },
    inProcess: async (config) => {
      const program = runProgram(t, ['serve', await writeConfig(folder, sandbox.port, config)]);
      const said = await program.until(/"msg":"serving"/);
      const [, url = ''] = /"listen":\["([^"]+)"/.exec(said) ?? [];
      return clientOf(url, CLIENT);
    },
    log,
    onDisk: (marker) => countFiles(sandbox.directory, marker),
  };
}

/** A text that nothing else in the world holds. */
export function newMarker(): string {
  return `marker-${randomUUID()}`;
}

/** `size` bytes in which the marker stands every 256 bytes, so that each sector of a disk would show it. */
export function bodyWith(marker: string, size: number): Buffer {
  return Buffer.alloc(size, `${marker} `.padEnd(256, '.'));
}

/** Bytes in which nothing repeats, for bodies that must come back in order. */
export function randomBody(size: number): Buffer {
  return randomBytes(size);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a client got of an object, whole. */
export async function bytesOf(s3: S3Client, Bucket: string, Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** The failure of an SDK call that must fail. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<{ status: number; name: string; message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode ?? 0 };
  }
  return { status: 200, name: 'it succeeded', message: '' };
}

/** The three facts that hold for every encrypted object: no key, no read; and no plaintext on the disk. */
export async function assertSealed(
  t: Test,
  { direct, onDisk }: Stand,
  { bucket, objectKey, marker }: { bucket: string; objectKey: string; marker?: string },
): Promise<void> {
  const failure = await failureOf(direct.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey })));
  t.match(
    failure,
    { status: 400, name: 'InvalidRequest' },
    `the store refuses ${bucket}/${objectKey} without the key`,
  );
  if (marker !== undefined) t.equal(await onDisk(marker), 0, 'its marker is not on the disk of the store');
}

async function openSandbox(t: Test, folder: string, tls: Certificates): Promise<Sandbox> {
  const { accessKeyId, secretAccessKey } = OWNER;
  return await startSandbox({
    host: '127.0.0.1',
    port: 0,
    tls,
    directory: join(folder, 'store'),
    credentials: [{ accessKeyId, secretAccessKey: new Secret(secretAccessKey) }],
    region: REGION,
    onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
  });
}

async function writeFiles(folder: string, { ca, cert, key }: Certificates): Promise<void> {
  const keys = { new: randomBytes(32), old: randomBytes(32) };
  const files = { 'ca.pem': ca, 'tls.crt': cert, 'tls.key': key, 'new.key': keys.new, 'old.key': keys.old };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), content, { mode: 0o600 });
}

async function openProxy(
  folder: string,
  storePort: number,
  config: ConfigOf,
  { log, adapt }: { log: Record<string, unknown>[]; adapt: (snapshot: Snapshot) => Snapshot },
): Promise<RunningProxy> {
  const snapshot = await snapshotFrom(await writeConfig(folder, storePort, config));
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  return await startProxy(adapt(snapshot), makeLog('info', destination));
}

async function writeConfig(folder: string, storePort: number, config: ConfigOf): Promise<string> {
  const file = join(folder, `${randomUUID()}.yaml`);
  await writeFile(file, configText(storePort, config));
  return file;
}

async function snapshotFrom(file: string): Promise<Snapshot> {
  const { snapshot, problems } = await loadConfig(file);
  if (!snapshot) throw new Error(problems.map((problem) => formatProblem(problem, file)).join('\n'));
  return snapshot;
}

function configText(storePort: number, { ring, newWritesFrom, secret, more = '' }: ConfigOf): string {
  const since = newWritesFrom === undefined ? '' : `, writesFrom: "${newWritesFrom}"`;
  return `listen:
  - { address: "127.0.0.1:0", tls: { cert: tls.crt, key: tls.key } }
admin: { address: "127.0.0.1:0" }
domains: [${DOMAIN}]
drain: 1s
upstream:
  endpoint: https://127.0.0.1:${storePort}
  region: ${REGION}
  provider: aws
  addressing: path
  ca: ca.pem
  credentials: { accessKeyId: ${OWNER.accessKeyId}, secretAccessKey: ${OWNER.secretAccessKey} }
clients:
  - { accessKeyId: ${CLIENT.accessKeyId}, secretAccessKey: ${CLIENT.secretAccessKey}, admin: true }
keys:
  new: { file: new.key${since} }
  old: { file: old.key }
rules:
  - { match: { bucket: ${BUCKETS.secret} }, encrypt: ${secret ?? `[${ring.join(', ')}]`}${more} }
  - { match: { bucket: ${BUCKETS.plain} }, encrypt: off, declassify: true }
  - { match: { bucket: ${BUCKETS.split} }, encrypt: [${ring.join(', ')}]${more} }
  - { match: { bucket: ${BUCKETS.split}, prefix: open/ }, encrypt: off }
`;
}

async function countFiles(directory: string, marker: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const hits = await Promise.all(
    files.map(async (file) => (await readFile(join(file.parentPath, file.name))).includes(marker)),
  );
  return hits.filter(Boolean).length;
}
