import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Certificates, makeCertificates } from '../../src/cli/certificate.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { makeLog } from '../../src/log.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import type { ProviderName } from '../../src/s3/providers.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { bytesOf, headerSigned, type Signing, type WireRequest } from '../support/wire-requests.ts';

export const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
export const CLIENT = { accessKeyId: 'client', secretAccessKey: 'client-secret-for-tests' };
export const READER = { accessKeyId: 'reader', secretAccessKey: 'reader-secret-for-tests' };
export const TEMPORARY = {
  accessKeyId: 'temporary',
  secretAccessKey: 'temporary-secret-for-tests',
  sessionToken: 'session/token+for=tests',
};
export const PUBLIC_HOST = 'files.example.test';
export const REGION = 'eu-test-1';

export interface BodyStand {
  /** Plain HTTP with signatures, HTTPS with signatures, plain HTTP without authentication. */
  readonly ports: { readonly http: number; readonly https: number; readonly open: number };
  readonly ca: string;
  readonly sandbox: Sandbox | undefined;
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Every file of the store with a digest of its bytes. */
  readonly disk: () => Promise<string>;
}

interface Settings {
  readonly provider?: ProviderName;
  /** A store that the test plays itself, over HTTP on this port; else a sandbox over HTTPS. */
  readonly storePort?: number;
  /** The proxy's clock. */
  readonly now?: () => Date;
}

/** A proxy on three listeners before a store, all gone when the test ends. Encrypts `secret`; `plain` stays plain. */
export async function startBodyStand(
  t: Test,
  { provider = 'generic', storePort, now }: Settings = {},
): Promise<BodyStand> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-bodies-'));
  const certificates = await makeCertificates({
    names: ['localhost', PUBLIC_HOST],
    addresses: ['127.0.0.1'],
  });
  const sandbox = storePort === undefined ? await openSandbox(t, folder, certificates) : undefined;
  const files: Readonly<Record<string, string | Buffer>> = {
    'ca.pem': certificates.ca,
    'tls.crt': certificates.cert,
    'tls.key': certificates.key,
    'one.key': createHash('sha256').update('test key one').digest(),
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), content, { mode: 0o600 });
  const endpoint = sandbox ? sandbox.url : `http://127.0.0.1:${storePort}`;
  await writeFile(join(folder, 'config.yaml'), configText(endpoint, provider));
  const file = join(folder, 'config.yaml');
  const { snapshot, problems } = await loadConfig(file);
  if (!snapshot) throw new Error(problems.map((problem) => formatProblem(problem, file)).join('\n'));
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const proxy = await startProxy(snapshot, makeLog('info', destination), now && { clock: now });
  t.teardown(async () => {
    await proxy.stop();
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const [http = 0, https = 0, open = 0] = proxy.urls.map((url) => Number(new URL(url).port));
  const stand = { ports: { http, https, open }, ca: certificates.ca, sandbox, log };
  for (const path of sandbox ? ['/secret', '/plain'] : []) {
    const asked = { method: 'PUT', path, host: hostOf(http) };
    const { status, text } = await sendBytes(http, bytesOf(headerSigned(asked, '', signingAs(CLIENT))));
    if (status !== 200) throw new Error(text);
  }
  return { ...stand, disk: () => diskOf(sandbox?.directory ?? folder) };
}

export function hostOf(port: number): string {
  return `127.0.0.1:${port}`;
}

export function signingAs({ accessKeyId, secretAccessKey }: typeof OWNER, now = new Date()): Signing {
  return { accessKeyId, secretAccessKey, region: REGION, now };
}

export interface Reply {
  readonly status: number;
  /** Code of the `<Error>` document; empty without one. */
  readonly code: string;
  readonly head: string;
  readonly body: Buffer;
  /** All of it, one character a byte. */
  readonly text: string;
}

/** Sends bytes over a socket of their own and gives back the answer; status 0 when there was none in time. */
export function sendBytes(port: number, bytes: Buffer, patienceMs = 5000): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(replyOf(Buffer.concat(received)));
    };
    const timer = setTimeout(finish, patienceMs);
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      const { status, head, body } = replyOf(Buffer.concat(received));
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      const isHead = bytes.subarray(0, 5).toString() === 'HEAD ';
      if (status >= 200 && length !== undefined && (isHead || body.length >= Number(length))) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
    socket.write(bytes);
  });
}

export function send(port: number, request: WireRequest, patienceMs?: number): Promise<Reply> {
  return sendBytes(port, bytesOf(request), patienceMs);
}

function replyOf(all: Buffer): Reply {
  const text = all.toString('latin1').replace(/^(?:HTTP\/1\.1 100 [\s\S]*?\r\n\r\n)+/, '');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? '' : text.slice(0, end);
  const body = Buffer.from(end < 0 ? '' : text.slice(end + 4), 'latin1');
  return { status, head, body, text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '' };
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

function configText(endpoint: string, provider: string): string {
  const security = endpoint.startsWith('https') ? 'ca: ca.pem' : 'insecure: true';
  return `listen:
  - { address: "127.0.0.1:0" }
  - { address: "127.0.0.1:0", tls: { cert: tls.crt, key: tls.key } }
  - { address: "127.0.0.1:0", auth: none }
admin: { address: "127.0.0.1:0" }
drain: 1s
upstream:
  endpoint: ${endpoint}
  region: ${REGION}
  provider: ${provider}
  addressing: path
  ${security}
  credentials: { accessKeyId: ${OWNER.accessKeyId}, secretAccessKey: ${OWNER.secretAccessKey} }
clients:
  - { accessKeyId: ${CLIENT.accessKeyId}, secretAccessKey: ${CLIENT.secretAccessKey}, admin: true, publicUrl: "https://${PUBLIC_HOST}" }
  - accessKeyId: ${READER.accessKeyId}
    secretAccessKey: ${READER.secretAccessKey}
    allow: [{ bucket: secret, actions: [read] }]
  - accessKeyId: ${TEMPORARY.accessKeyId}
    secretAccessKey: ${TEMPORARY.secretAccessKey}
    sessionToken: ${TEMPORARY.sessionToken}
keys: { one: { file: one.key } }
rules:
  - { match: { bucket: secret }, encrypt: [one] }
  - { match: { bucket: plain }, encrypt: off }
`;
}

async function diskOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const lines = files.toSorted().map(async (file) => {
    const digest = createHash('sha256')
      .update(await readFile(file).catch(() => 'gone meanwhile'))
      .digest('hex');
    return `${file.slice(directory.length)} ${digest}`;
  });
  return (await Promise.all(lines)).join('\n');
}
