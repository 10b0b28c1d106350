import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { bytesOf, failureOf } from '../e2e/support.ts';
import { silentLog } from '../support/silent-log.ts';
import { configsOf, GUIDES } from './guides.ts';

const SECRET = 'secret-of-a-client-for-tests';
const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
const certificates = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });

interface GuideConfig {
  readonly listen: readonly { readonly tls?: object }[];
  readonly upstream: { readonly region: string };
  readonly clients: readonly { readonly accessKeyId: string }[];
  readonly keys: Readonly<Record<string, { directory?: { name: string }; file?: string }>>;
  readonly rules: readonly { readonly match: { readonly bucket: string } }[];
}

interface Stand {
  readonly clientOf: (accessKeyId: string) => S3Client;
  /** The store's owner, past the proxy. */
  readonly direct: S3Client;
  readonly keyBytes: (name: string) => Buffer;
}

/**
 * The proxy by the guide's own config, before the sandbox: other addresses, and paths in a folder of the test. What it encrypts, for
 * whom, and what it refuses is the guide's.
 */
async function startGuide(t: Test, guide: string, text: string): Promise<Stand & { config: GuideConfig }> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-guide-'));
  const config = parse(text) as GuideConfig;
  const { region } = config.upstream;
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    tls: certificates,
    directory: join(folder, 'store'),
    credentials: [{ accessKeyId: OWNER.accessKeyId, secretAccessKey: new Secret(OWNER.secretAccessKey) }],
    region,
    onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
  });
  const ends: (() => unknown)[] = [() => sandbox.close(), () => rm(folder, { recursive: true, force: true })];
  t.teardown(async () => {
    for (const end of ends) await end();
  });
  const keyBytes = (name: string): Buffer => createHash('sha256').update(`test key ${name}`).digest();
  await writeSecrets(folder, config, keyBytes);
  const file = join(folder, 'config.yaml');
  await writeFile(file, placed(config, folder, sandbox.port));
  const env = Object.fromEntries([...text.matchAll(/env: (\w+)/g)].map(([, name = '']) => [name, SECRET]));
  const { snapshot, problems } = await loadConfig(file, { env, offline: true });
  if (!snapshot) throw new Error(`${guide}: ${JSON.stringify(problems)}`);
  const proxy = await startProxy(snapshot, silentLog());
  ends.unshift(() => proxy.stop());
  const clientAt = (endpoint: string, credentials: typeof OWNER): S3Client => {
    const agent = new Agent({ ca: certificates.ca, keepAlive: true });
    const s3 = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      maxAttempts: 1,
      // The SDK adds a field of its own.
      credentials: { ...credentials },
      requestHandler: { httpsAgent: agent },
    });
    ends.unshift(
      () => s3.destroy(),
      () => agent.destroy(),
    );
    return s3;
  };
  return {
    config,
    keyBytes,
    direct: clientAt(sandbox.url, OWNER),
    clientOf: (accessKeyId) => clientAt(proxy.urls[0] ?? '', { accessKeyId, secretAccessKey: SECRET }),
  };
}

/** As the mounted Secrets have them. */
async function writeSecrets(
  folder: string,
  { clients, keys }: GuideConfig,
  keyBytes: Stand['keyBytes'],
): Promise<void> {
  const files: [string, string | Uint8Array][] = [
    ['tls/tls.crt', certificates.cert],
    ['tls/tls.key', certificates.key],
    ['tls/ca.crt', certificates.ca],
    ...clients.map(({ accessKeyId }): [string, string] => [`secrets/clients/${accessKeyId}`, SECRET]),
    ...Object.values(keys).map(({ directory, file }): [string, Uint8Array] => {
      const name = directory?.name ?? file ?? '';
      return [directory === undefined ? name : `keys/${name}`, keyBytes(name)];
    }),
  ];
  for (const sub of ['tls', 'keys', 'secrets/clients']) await mkdir(join(folder, sub), { recursive: true });
  for (const [name, content] of files) await writeFile(join(folder, name), content, { mode: 0o400 });
}

/** JSON is YAML. */
function placed(config: GuideConfig, folder: string, storePort: number): string {
  const here = {
    ...config,
    listen: config.listen.map((listener) => ({ ...listener, address: '127.0.0.1:0' })),
    admin: { address: '127.0.0.1:0' },
    upstream: {
      ...config.upstream,
      endpoint: `https://127.0.0.1:${storePort}`,
      provider: 'aws',
      addressing: 'path',
      ca: '/tls/ca.crt',
      credentials: OWNER,
    },
  };
  return JSON.stringify(here).replaceAll(/"\/(tls|keys|secrets)(?=[/"])/g, `"${folder}/$1`);
}

for (const guide of GUIDES)
  for (const [file, text] of configsOf(guide))
    t.test(`${guide.name}/${file}: what its clients write is encrypted, and read back`, async (t) => {
      const { config, clientOf, direct } = await startGuide(t, guide.name, text);
      const Bucket = config.rules[0]?.match.bucket.replace('*', 'of-a-guide') ?? '';
      await direct.send(new CreateBucketCommand({ Bucket }));
      for (const { accessKeyId } of config.clients) {
        const s3 = clientOf(accessKeyId);
        const Key = `${accessKeyId}/${guide.name}`;
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: `of ${accessKeyId}` }));
        t.equal((await bytesOf(s3, Bucket, Key)).toString(), `of ${accessKeyId}`);
        t.match(await failureOf(bytesOf(direct, Bucket, Key)), { status: 400, name: 'InvalidRequest' });
      }
    });

const textOf = (name: string, file: string): string =>
  configsOf(GUIDES.find((guide) => guide.name === name) ?? { name, files: new Map(), objects: [] }).find(
    ([one]) => one === file,
  )?.[1] ?? '';

t.test(
  'moving Velero: old backups are read by their key, and the node agent reads what lies in plain',
  async (t) => {
    const { clientOf, direct, keyBytes } = await startGuide(t, 'velero', textOf('velero', 'moving.yaml'));
    const Bucket = 'velero-backups';
    const velero = clientOf('velero');
    await direct.send(new CreateBucketCommand({ Bucket }));
    // The file has 32 bytes here; of a longer one Velero takes the first 32, and so does the format.
    const old = keyBytes('customer-key');
    await direct.send(
      new PutObjectCommand({
        Bucket,
        Key: 'backups/before/velero-backup.json',
        Body: 'before',
        SSECustomerAlgorithm: 'AES256',
        SSECustomerKey: old.toString('base64'),
        SSECustomerKeyMD5: createHash('md5').update(old).digest('base64'),
      }),
    );
    for (const Key of ['kopia/default/p1', 'backups/slipped-in'])
      await direct.send(new PutObjectCommand({ Bucket, Key, Body: 'plain' }));

    t.equal((await bytesOf(velero, Bucket, 'backups/before/velero-backup.json')).toString(), 'before');
    t.equal((await bytesOf(velero, Bucket, 'kopia/default/p1')).toString(), 'plain');
    t.match(await failureOf(bytesOf(velero, Bucket, 'backups/slipped-in')), { status: 403 });

    await velero.send(new PutObjectCommand({ Bucket, Key: 'kopia/default/p2', Body: 'new' }));
    t.match(await failureOf(bytesOf(direct, Bucket, 'kopia/default/p2')), { status: 400 });
  },
);

t.test('on a host, each client has its own prefix and no other', async (t) => {
  const { clientOf, direct } = await startGuide(t, 'host', textOf('host', 'config.yaml'));
  await direct.send(new CreateBucketCommand({ Bucket: 'backups' }));
  const put = (client: string, Key: string) =>
    failureOf(clientOf(client).send(new PutObjectCommand({ Bucket: 'backups', Key, Body: 'x' })));
  t.match(await put('restic', 'restic/config'), { status: 200 });
  t.match(await put('restic', 'rclone/config'), { status: 403 });
  t.match(await put('rclone', 'rclone/a'), { status: 200 });
  t.match(await put('rclone', 'restic/a'), { status: 403 });
});
