import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { SseKey } from '../../src/keys/key.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { ssecHeaders } from '../../src/ssec/headers.ts';
import { type ClientOptions, type StoreClient, storeClient } from '../../src/store-client/client.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { snapshotOf } from './snapshot.ts';

const OWNER = { accessKeyId: 'owner', secretAccessKey: new Secret('owner-secret-for-tests') };
const REGION = 'eu-test-1';

/** A sandbox with a versioned bucket `vault` and a config before it, for commands that ask the store themselves. */
export interface AuditStand {
  readonly folder: string;
  readonly config: string;
  readonly client: StoreClient;
  /** Resolves to the new version's id. */
  readonly put: (bucket: string, objectKey: string, body: string, ssecKey?: SseKey) => Promise<string>;
  readonly ask: (...request: Parameters<StoreClient['send']>) => Promise<number>;
}

export function auditKey(id: string): SseKey {
  return new SseKey(id, bytesOf(id));
}

function bytesOf(id: string): Buffer {
  return createHash('sha256').update(`test key ${id}`).digest();
}

export async function startAuditStand(t: Test): Promise<AuditStand> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-audit-'));
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    directory: join(folder, 'store'),
    credentials: [OWNER],
    region: REGION,
    insecureSsec: true,
    onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
  });
  const client = clientOf(sandbox.port);
  t.teardown(async () => {
    client.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const config = join(folder, 'config.yaml');
  await writeFile(config, configText(sandbox.port));
  for (const id of ['new', 'old', 'other']) {
    await writeFile(join(folder, id), bytesOf(id), { mode: 0o600 });
    await chmod(join(folder, id), 0o600);
  }
  const ask: AuditStand['ask'] = async (request) => {
    const response = await client.send(request);
    response.resume();
    return response.statusCode ?? 0;
  };
  for (const bucket of ['vault', 'open']) await ask({ method: 'PUT', bucket });
  const versioning = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  await ask({
    method: 'PUT',
    bucket: 'vault',
    query: { versioning: undefined },
    body: Buffer.from(versioning),
  });
  const put: AuditStand['put'] = async (bucket, objectKey, body, ssecKey) => {
    const headers = ssecKey ? ssecHeaders('target', ssecKey) : {};
    const response = await client.send({
      method: 'PUT',
      bucket,
      objectKey,
      headers,
      body: Buffer.from(body),
    });
    response.resume();
    if (response.statusCode !== 200) throw new Error(`a put was answered with ${response.statusCode}`);
    return String(response.headers['x-amz-version-id'] ?? '');
  };
  return { folder, config, client, put, ask };
}

/** The day after: only the config, the keys and the credentials of the store are left. */
export async function dayAfter({ folder, config }: AuditStand): Promise<string> {
  const file = join(folder, 'day-after.yaml');
  const text = (await readFile(config, 'utf8'))
    .replace('"127.0.0.1:0", auth: none', '"0.0.0.0:8443", tls: { cert: gone.pem, key: gone.key }')
    .replace(
      '\nkeys:',
      '\nvaults: { gone: { address: https://vault.invalid, auth: { token: { env: NOT_SET } } } }\nkeys:',
    )
    .replace(
      '\nrules:\n',
      '\n  elsewhere: { vault: { server: gone, path: a } }\nrules:\n  - { match: { bucket: away }, encrypt: [elsewhere], upstream: second }\n',
    );
  await writeFile(
    file,
    `${text}upstreams:
  second:
    endpoint: https://second.invalid
    region: eu-test-1
    ca: gone-ca.pem
    credentials: { accessKeyId: { env: NOT_SET }, secretAccessKey: { file: gone } }
clients:
  - { accessKeyId: app, secretAccessKey: { env: NOT_SET } }
  - { accessKeyId: { file: gone }, secretAccessKey: { file: gone }, sessionToken: { env: NOT_SET } }
`,
  );
  return file;
}

/** A client of a store at this port, that does not wait long between its tries. */
export function clientOf(
  port: number,
  { upstream = {}, ...options }: Partial<ClientOptions> & { readonly upstream?: Partial<Upstream> } = {},
): StoreClient {
  const settings = {
    protocol: 'http:' as const,
    hostname: '127.0.0.1',
    port,
    region: REGION,
    credentials: OWNER,
    provider: PROVIDERS.aws,
    ...upstream,
  };
  return storeClient(snapshotOf({ upstream: settings }).upstream, {
    clock: () => new Date(),
    random: () => 0,
    signal: new AbortController().signal,
    connections: 8,
    firstWait: 1,
    ...options,
  });
}

function configText(port: number): string {
  return `listen: [{ address: "127.0.0.1:0", auth: none }]
upstream:
  endpoint: http://127.0.0.1:${port}
  insecure: true
  region: ${REGION}
  provider: aws
  addressing: path
  credentials: { accessKeyId: ${OWNER.accessKeyId}, secretAccessKey: ${OWNER.secretAccessKey.reveal()} }
keys:
  new: { file: new }
  old: { file: old }
  other: { file: other }
rules:
  - { match: { bucket: vault }, encrypt: [new, old] }
  - { match: { bucket: vault, prefix: each/ }, encrypt: [{ key: new, derive: object }, old] }
  - { match: { bucket: open }, encrypt: off }
  - { match: { bucket: open, prefix: other/ }, encrypt: [other] }
`;
}
