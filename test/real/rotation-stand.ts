import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { SseKey } from '../../src/keys/key.ts';
import { type Credentials, Secret } from '../../src/secret.ts';
import { startFront } from '../load/front.ts';
import { Served } from '../load/served.ts';
import { SmallClient } from '../load/small-client.ts';

const REGION = 'us-east-1';
export const BUCKET = 'vault';
const CLIENT = { accessKeyId: 'client', secretAccessKey: new Secret('client-secret-for-tests') };

interface Store {
  readonly url: string;
  readonly ca: string;
  readonly provider: string;
  readonly owner: Credentials;
  close(): Promise<void>;
}

export interface Stand {
  readonly folder: string;
  readonly store: Store;
  /** The store's owner, without a proxy. */
  readonly direct: SmallClient;
  readonly processes: readonly Served[];
  readonly client: () => SmallClient;
  close(): Promise<void>;
}

/** Starts the store, two processes of the proxy and the front before them. They know the first of these keys. */
export async function startStand({ ceph, ids }: { ceph: boolean; ids: readonly string[] }): Promise<Stand> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-rotation-'));
  const { ca, cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const files = { 'ca.pem': ca, 'tls.crt': cert, 'tls.key': key };
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  for (const id of ids) await writeFile(join(folder, id), bytesOf(id), { mode: 0o600 });
  const store = ceph ? await startCeph(folder) : await startSandbox(folder, ca);
  await writeFile(join(folder, 'store-ca.pem'), store.ca);
  const direct = new SmallClient({ base: store.url, ca: store.ca, credentials: store.owner, region: REGION });
  const { status } = await direct.send('PUT', `/${BUCKET}`);
  if (status !== 200) throw new Error(`the bucket can not be made: ${status}`);
  const processes: Served[] = [];
  for (const name of ['p0', 'p1']) {
    await mkdir(join(folder, name));
    processes.push(new Served(await writeConfig(join(folder, name), store, ids.slice(0, 1))));
  }
  const urls = await Promise.all(processes.map((each) => each.started()));
  const front = await startFront(urls.map((url) => Number(new URL(url).port)));
  const base = `https://127.0.0.1:${front.port}`;
  return {
    folder,
    store,
    direct,
    processes,
    // A connection a request, so that each goes to another process than the one before.
    client: () => new SmallClient({ base, ca, credentials: CLIENT, region: REGION, keepAlive: false }),
    close: async () => {
      front.close();
      direct.close();
      await Promise.all(processes.map((each) => each.stop()));
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startSandbox(folder: string, ca: string): Promise<Store> {
  const owner = { accessKeyId: 'owner', secretAccessKey: new Secret('owner-secret-for-tests') };
  const program = join(import.meta.dirname, '../load/sandbox-process.ts');
  const words = [program, folder, owner.accessKeyId, owner.secretAccessKey.reveal(), REGION];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const close = async (): Promise<void> => {
    child.stdin.end();
    await once(child, 'close');
  };
  return { url, ca, provider: 'aws', owner, close };
}

async function startCeph(folder: string): Promise<Store> {
  const run = promisify(execFile);
  const script = (name: string): string => join(import.meta.dirname, name);
  const port = process.env.RGW_PORT ?? '27453';
  const env = { ...process.env, RGW_PORT: port, CEPH_MON_PORT: process.env.CEPH_MON_PORT ?? '27310' };
  const at = join(folder, 'ceph');
  await run('bash', [script('install.sh')]);
  await run('bash', [script('ceph-rgw.sh'), 'start', at], { env });
  const user = await readFile(join(at, 'user.env'), 'utf8');
  const userOf = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(user)?.[1] ?? '';
  return {
    url: `https://localhost:${port}`,
    ca: await readFile(join(at, 'tls/ca.pem'), 'utf8'),
    provider: 'ceph',
    owner: {
      accessKeyId: userOf('CEPH_ACCESS_KEY'),
      secretAccessKey: new Secret(userOf('CEPH_SECRET_KEY')),
    },
    close: async () => {
      await run('bash', [script('ceph-rgw.sh'), 'stop', at], { env });
    },
  };
}

/** A key of a ring, and from when it writes. */
export type Entry = string | { readonly id: string; readonly writesFrom: Date };

/** Writes the config of one process, in one step. @returns its path */
export async function writeConfig(folder: string, store: Store, ring: readonly Entry[]): Promise<string> {
  const file = join(folder, 'config.yaml');
  const { accessKeyId, secretAccessKey } = store.owner;
  const ids = ring.map((entry) => (typeof entry === 'string' ? entry : entry.id));
  const keys = ring.map(keyText).join('\n');
  const text = `listen: [{ address: "127.0.0.1:0", tls: { cert: ../tls.crt, key: ../tls.key } }]
admin: { address: "127.0.0.1:0" }
reload: { watch: off }
upstream:
  endpoint: ${store.url}
  region: ${REGION}
  provider: ${store.provider}
  addressing: path
  ca: ../store-ca.pem
  credentials: { accessKeyId: ${accessKeyId}, secretAccessKey: ${secretAccessKey.reveal()} }
clients: [{ accessKeyId: client, secretAccessKey: client-secret-for-tests }]
keys:
${keys}
rules: [{ match: { bucket: ${BUCKET} }, encrypt: [${ids.join(', ')}] }]
`;
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}

function keyText(entry: Entry): string {
  if (typeof entry === 'string') return `  ${entry}: { file: ../${entry} }`;
  return `  ${entry.id}: { file: ../${entry.id}, writesFrom: ${entry.writesFrom.toISOString()} }`;
}

function bytesOf(id: string): Buffer {
  return createHash('sha256').update(`test key rotation ${id}`).digest();
}

export function keyOf(id: string): SseKey {
  return new SseKey(id, bytesOf(id));
}
