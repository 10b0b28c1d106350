import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { formatProblem } from '../../src/config/problem.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { sign } from '../../src/sigv4/sign.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import type { FormSigner } from '../support/forms.ts';
import { silentLog } from '../support/silent-log.ts';

export const REGION = 'eu-test-1';
const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
export const CLIENT = { accessKeyId: 'client', secretAccessKey: 'client-secret-for-tests' };
export const READER = { accessKeyId: 'reader', secretAccessKey: 'reader-secret-for-tests' };

export interface FormStand {
  readonly url: string;
  /** What the store has: names of its files and digests of their bytes. */
  readonly disk: () => Promise<string>;
  readonly get: (path: string, method?: string) => Promise<Response>;
}

/** A proxy before a sandbox, both over plain HTTP. `secret` is encrypted, `plain` is not. */
export async function startFormStand(
  t: Test,
  { sigv2 = false, obs = false }: { sigv2?: boolean; obs?: boolean } = {},
): Promise<FormStand> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-forms-'));
  const directory = join(folder, 'store');
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    directory,
    region: REGION,
    insecureSsec: true,
    credentials: [{ accessKeyId: OWNER.accessKeyId, secretAccessKey: new Secret(OWNER.secretAccessKey) }],
    onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
  });
  await writeFile(join(folder, 'one.key'), createHash('sha256').update('test key one').digest(), {
    mode: 0o600,
  });
  const file = join(folder, 'config.yaml');
  await writeFile(
    file,
    `listen: [{ address: "127.0.0.1:0" }]
admin: { address: "127.0.0.1:0" }
drain: 1s
sigv2: ${sigv2}
obs: ${obs}
upstream:
  endpoint: ${sandbox.url}
  insecure: true
  region: ${REGION}
  provider: aws
  addressing: path
  credentials: { accessKeyId: ${OWNER.accessKeyId}, secretAccessKey: ${OWNER.secretAccessKey} }
clients:
  - { accessKeyId: ${CLIENT.accessKeyId}, secretAccessKey: ${CLIENT.secretAccessKey}, admin: true }
  - accessKeyId: ${READER.accessKeyId}
    secretAccessKey: ${READER.secretAccessKey}
    allow: [{ bucket: secret, actions: [read] }, { bucket: plain, prefix: open/ }]
keys: { one: { file: one.key } }
rules:
  - { match: { bucket: secret }, encrypt: [one] }
  - { match: { bucket: plain }, encrypt: off }
`,
  );
  const { snapshot, problems } = await loadConfig(file);
  if (!snapshot) throw new Error(problems.map((problem) => formatProblem(problem, file)).join('\n'));
  const proxy = await startProxy(snapshot, silentLog());
  t.teardown(async () => {
    await proxy.stop();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const url = proxy.urls[0] ?? '';
  const get = async (path: string, method = 'GET'): Promise<Response> => {
    const headers = { host: new URL(url).host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const credentials = { ...CLIENT, secretAccessKey: new Secret(CLIENT.secretAccessKey) };
    const signature = sign({ method, path, headers }, { credentials, region: REGION, now: new Date() });
    return await fetch(`${url}${path}`, { method, headers: { ...headers, ...signature } });
  };
  for (const bucket of ['/secret', '/plain']) await (await get(bucket, 'PUT')).text();
  return { url, get, disk: () => digestOf(directory) };
}

async function digestOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = files.toSorted().map(async (file) => {
    return `${file} ${createHash('sha256')
      .update(await readFile(file))
      .digest('hex')}`;
  });
  return (await Promise.all(lines)).join('\n');
}

export function signer(by = CLIENT): FormSigner {
  return { ...by, region: REGION, now: new Date() };
}
