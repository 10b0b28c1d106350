import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from '../../../src/cli/certificate.ts';
import type { Row, Way } from '../row.ts';

/** Options of the config that a run adds, such as another transport: to every upstream, every listener, the top. */
export interface Additions {
  readonly upstream: Readonly<Record<string, unknown>>;
  readonly listener: Readonly<Record<string, unknown>>;
  readonly top: Readonly<Record<string, unknown>>;
}

/** One row over one way: its bucket, and the port of its store. */
export interface Lane {
  /** Of its bucket, its upstream and its place at the store. */
  readonly name: string;
  readonly row: Row;
  readonly way: Way;
  readonly port: number;
  /** Its downloads have connections of their own, as if many clients were slow. */
  readonly lean?: boolean;
}

export interface Folder {
  readonly path: string;
  readonly tls: Certificates;
  remove(): Promise<void>;
}

/** Far longer than a row may take: what a row does not set ends nothing. */
const FAR_MS = 300_000;
/** Of clients: long enough for a busy machine, and far shorter than a row may take. */
const OF_CLIENTS = {
  handshake: '3s',
  head: '3s',
  body: '3s',
  document: '3s',
  answer: '4s',
  keepAlive: '300s',
};
/** Rows are not about limits, and many clients are here at once. */
const FAR_LIMITS = { connections: 10_000, requestsPerClient: 10_000 };
/** An idle connection must be gone when descriptors are counted. */
const KEEP_ALIVE_MS = 1000;

/** A folder with a certificate, its authority and an SSE-C key. */
export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'ssec-faults-'));
  const tls = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  await writeFile(join(path, 'tls.crt'), tls.cert);
  await writeFile(join(path, 'tls.key'), tls.key, { mode: 0o600 });
  await writeFile(join(path, 'ca.pem'), tls.ca);
  await writeFile(join(path, 'ssec.key'), Buffer.alloc(32, 'faults'), { mode: 0o600 });
  return { path, tls, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Writes the config: each lane has a bucket and an upstream of its own. @returns its path */
export async function writeConfig(
  folder: Folder,
  lanes: readonly Lane[],
  { upstream, listener, top }: Additions,
): Promise<string> {
  const path = join(folder.path, 'config.yaml');
  const listen = { address: '127.0.0.1:0', auth: 'none', ...listener };
  const config = {
    listen: [listen, { ...listen, tls: { cert: 'tls.crt', key: 'tls.key' } }],
    admin: { address: '127.0.0.1:0' },
    // Connections are counted: what asks by itself whether a store listens would add its own.
    ready: { probe: 'off' },
    drain: '1s',
    timeouts: OF_CLIENTS,
    limits: FAR_LIMITS,
    reload: { watch: 'off', keys: 'off' },
    upstream: { ...storeAt(1, 'plain', {}), ...upstream },
    upstreams: Object.fromEntries(
      lanes.map(({ name, row, way, port }) => [
        name,
        { ...storeAt(port, way, row.timeouts ?? {}), ...upstream, ...row.upstream },
      ]),
    ),
    keys: { faults: { file: 'ssec.key' } },
    rules: lanes.flatMap(({ name }) => [
      { match: { bucket: name, prefix: 'sealed/' }, encrypt: ['faults'], upstream: name },
      { match: { bucket: name }, encrypt: 'off', upstream: name },
    ]),
    ...top,
  };
  // JSON is YAML.
  await writeFile(path, JSON.stringify(config, undefined, 2));
  return path;
}

function storeAt(port: number, way: Way, timeouts: NonNullable<Row['timeouts']>): Record<string, unknown> {
  const {
    connect = FAR_MS,
    headers = FAR_MS,
    idle = FAR_MS,
    document = FAR_MS,
    keepAlive = KEEP_ALIVE_MS,
  } = timeouts;
  return {
    endpoint: `${way === 'tls' ? 'https' : 'http'}://127.0.0.1:${port}`,
    ...(way === 'tls' ? { ca: 'ca.pem' } : { insecure: true }),
    region: 'eu-test-1',
    provider: 'aws',
    addressing: 'path',
    credentials: { accessKeyId: 'faults', secretAccessKey: 'store-secret-for-tests' },
    timeouts: Object.fromEntries(
      Object.entries({ connect, headers, idle, document, keepAlive }).map(([name, ms]) => [name, `${ms}ms`]),
    ),
  };
}
