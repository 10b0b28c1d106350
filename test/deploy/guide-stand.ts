import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { silentLog } from '../support/silent-log.ts';

/** The secret of each client of a guide. */
export const SECRET = 'secret-of-a-client-for-tests';
const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
const certificates = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });

interface GuideConfig {
  readonly listen: readonly { readonly tls?: object }[];
  readonly upstream: { readonly region: string };
  readonly clients: readonly { readonly accessKeyId: string }[];
  readonly keys: Readonly<Record<string, { directory?: { name: string }; file?: string }>>;
  readonly rules: readonly { readonly match: { readonly bucket: string } }[];
}

/** Whom the stand ends with. */
export interface Owner {
  teardown(end: () => Promise<void>): void;
  fail(message: string): void;
}

interface Stand {
  readonly url: string;
  readonly clientOf: (accessKeyId: string) => S3Client;
  /** The store's owner, past the proxy. */
  readonly direct: S3Client;
  readonly keyBytes: (name: string) => Buffer;
}

/**
 * The proxy by the guide's own config, before the sandbox: other addresses, and paths in a folder of the test. What it encrypts, for
 * whom, and what it refuses is the guide's.
 */
export async function startGuide(
  t: Owner,
  guide: string,
  text: string,
): Promise<Stand & { config: GuideConfig }> {
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
    url: proxy.urls[0] ?? '',
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
