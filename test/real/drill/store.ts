import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificates } from '../../../src/cli/certificate.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { Secret } from '../../../src/secret.ts';

/** The store that a drill restores from. */
export interface DrilledStore {
  readonly endpoint: string;
  readonly provider: 'aws' | 'ceph';
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** PEM file. */
  readonly ca: string;
  stop(): Promise<void>;
}

/** The store that the environment names (DRILL_ENDPOINT, a Ceph), or a sandbox over TLS. */
export async function openStore(folder: string): Promise<DrilledStore> {
  const { DRILL_ENDPOINT, DRILL_CA = '', CEPH_ACCESS_KEY = '', CEPH_SECRET_KEY = '' } = process.env;
  if (DRILL_ENDPOINT !== undefined) {
    return {
      endpoint: DRILL_ENDPOINT,
      provider: 'ceph',
      region: 'us-east-1',
      accessKeyId: CEPH_ACCESS_KEY,
      secretAccessKey: CEPH_SECRET_KEY,
      ca: DRILL_CA,
      stop: async () => {},
    };
  }
  const tls = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, tls.ca);
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    tls,
    directory: join(folder, 'store'),
    credentials: [{ accessKeyId: 'owner', secretAccessKey: new Secret('owner-secret-for-the-drill') }],
    region: 'eu-test-1',
    onFailure: (error) => console.error('the sandbox failed', error),
  });
  return {
    endpoint: `https://localhost:${sandbox.port}`,
    provider: 'aws',
    region: 'eu-test-1',
    accessKeyId: 'owner',
    secretAccessKey: 'owner-secret-for-the-drill',
    ca,
    stop: () => sandbox.close(),
  };
}

/** A config with this ring, whose files lie in the folder. */
export async function writeConfig(
  folder: string,
  store: DrilledStore,
  { bucket, ring, ids }: { bucket: string; ring: readonly string[]; ids: readonly string[] },
): Promise<string> {
  const fingerprints = await Promise.all(ids.map((id) => readFile(join(folder, `${id}.yaml`), 'utf8')));
  const keys = fingerprints.map((text) => text.replace(/^keys:\n/, '')).join('');
  const file = join(folder, `ring-${ids.length}.yaml`);
  await writeFile(
    file,
    `listen: [{ address: "127.0.0.1:0", auth: none }]
admin: { address: "127.0.0.1:0" }
upstream:
  endpoint: ${store.endpoint}
  region: ${store.region}
  provider: ${store.provider}
  addressing: path
  ca: ${store.ca}
  credentials: { accessKeyId: { env: AWS_ACCESS_KEY_ID }, secretAccessKey: { env: AWS_SECRET_ACCESS_KEY } }
keys:
${keys}rules:
  - { match: { bucket: ${bucket} }, encrypt: [${ring.join(', ')}] }
`,
  );
  return file;
}
