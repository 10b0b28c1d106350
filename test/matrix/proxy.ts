import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Scheme } from './cell.ts';
import type { RunningStore, Store, TlsFiles } from './store.ts';

export const BUCKETS = { sealed: 'sealed', open: 'open' } as const;
/** Where buckets are names of hosts. */
export const DOMAIN = 'obs.localhost';

/** Makes names below localhost known to a process. */
const RESOLVE = join(import.meta.dirname, 'resolve-localhost.ts');

/** Of `upstream.etag`. */
export type EtagSetting = 'auto' | 'passthrough';

interface Differences {
  readonly etag?: EtagSetting;
  /** YAML, an entry a line, to follow the others. */
  readonly clients?: string;
  readonly rules?: string;
}

/** One line of the proxy's log: a request at its end. */
export interface LogLine {
  readonly msg?: string;
  readonly op?: string;
  readonly bucket?: string;
  readonly objectKey?: string;
  readonly status?: number;
  readonly listen?: readonly string[];
}

/** The real `serve` in a process of its own, in front of a store. */
export interface ProxyProcess {
  readonly authorities: Readonly<Record<Scheme, string>>;
  readonly client: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly ssecKey: Buffer;
  /** Grows. */
  readonly log: readonly LogLine[];
  stop(): Promise<void>;
}

/** Writes config and key into `folder` and starts it. Throws with its last lines when it does not serve. */
export async function startProxy(
  folder: string,
  store: Store,
  running: RunningStore,
  tls: TlsFiles,
  differences: Differences = {},
): Promise<ProxyProcess> {
  await mkdir(folder, { recursive: true });
  const ssecKey = randomBytes(32);
  const client = { accessKeyId: 'MATRIXCLIENT', secretAccessKey: randomBytes(20).toString('hex') };
  const config = join(folder, 'config.yaml');
  await writeFile(join(folder, 'matrix.key'), ssecKey, { mode: 0o600 });
  await writeFile(config, configText(store, running, tls, client, differences), { mode: 0o600 });
  const main = join(import.meta.dirname, '../../src/main.ts');
  const child = spawn(process.execPath, ['--import', RESOLVE, main, 'serve', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log: LogLine[] = [];
  const listen = await serving(child, log);
  const authorities = {
    https: new URL(listen[0] ?? '').host.replace('127.0.0.1', 'localhost'),
    http: new URL(listen[1] ?? '').host.replace('127.0.0.1', 'localhost'),
  };
  return { authorities, client, ssecKey, log, stop: () => end(child) };
}

function serving(child: ChildProcess, log: LogLine[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) throw new Error('the proxy has no standard output');
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as LogLine;
      log.push(line);
      if (line.msg === 'serving') resolve(line.listen ?? []);
    });
    child.once('exit', () => {
      const said = log.map(({ msg }) => msg ?? '').slice(-5);
      reject(new Error(`the proxy does not serve: ${said.join('; ')}`));
    });
  });
}

/** Ends a process by SIGTERM and waits until it has gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** SigV2 is on, because some clients sign links by it as they are. */
function configText(
  { provider, encrypts }: Store,
  { endpoint, caFile, region, credentials }: RunningStore,
  tls: TlsFiles,
  client: ProxyProcess['client'],
  { etag = 'auto', clients = '', rules = '' }: Differences,
): string {
  return `listen:
  - { address: "127.0.0.1:0", tls: { cert: ${tls.certFile}, key: ${tls.keyFile} } }
  - { address: "127.0.0.1:0" }
admin: { address: "127.0.0.1:0" }
sigv2: true
obs: true
domains: [${DOMAIN}]
drain: 5s
upstream:
  endpoint: ${endpoint}
  region: ${region}
  provider: ${provider}
  etag: ${etag}
${provider === 'obs' ? '  dialect: obs\n  addressing: virtual' : '  addressing: path'}
  ca: ${caFile}
  credentials: { accessKeyId: ${credentials.accessKeyId}, secretAccessKey: ${credentials.secretAccessKey} }
clients:
  - { accessKeyId: ${client.accessKeyId}, secretAccessKey: ${client.secretAccessKey}, admin: true }
${clients}
keys:
  matrix: { file: matrix.key }
rules:
  - { match: { bucket: ${BUCKETS.sealed} }, encrypt: ${encrypts === false ? 'off' : '[matrix]'} }
  - { match: { bucket: ${BUCKETS.open} }, encrypt: off }
${rules}
`;
}
