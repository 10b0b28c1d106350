import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProxy } from '../../src/proxy/serve.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import type { StoreClient } from '../../src/store-client/client.ts';
import { silentLog } from '../support/silent-log.ts';
import {
  clientOfProxy,
  clientOfStore,
  OBJECT_KEYS,
  sha256,
  succeed,
  type Written,
  writeVersion,
} from './drill/objects.ts';
import { section, shell, ssecProxy } from './drill/program.ts';
import { type DrilledStore, openStore, writeConfig } from './drill/store.ts';

/**
 * The day on which the proxy is gone: a versioned bucket, each version under another key, and every version restored by
 * the AWS CLI, rclone and a client of headers with nothing but what `recover` printed; then with keys that come back from escrow.
 */
const BUCKET = `drill-${process.pid}`;
const IDS = ['k1', 'k2', 'k3', 'k4'];
/** The last key is one for each object. */
const ringOf = (ids: readonly string[]): string[] =>
  ids.toReversed().map((id) => (id === 'k4' ? '{ key: k4, derive: object }' : id));

let passed = 0;
let failed = 0;

async function check(what: string, holds: () => Promise<void>): Promise<void> {
  try {
    await holds();
    passed += 1;
    console.log(`ok: ${what}`);
  } catch (error) {
    failed += 1;
    console.error(`FAILED: ${what}: ${String(error).slice(0, 600)}`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-drill-'));
const store = await openStore(folder);
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: store.accessKeyId,
  AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
});
for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_CA_BUNDLE']) delete process.env[name];
try {
  await drill();
} finally {
  await store.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function drill(): Promise<void> {
  const written = await writeUnderEachKey();
  const config = join(folder, `ring-${IDS.length}.yaml`);
  await check(`all ${written.length} versions are readable through the proxy`, () =>
    readAll(config, written),
  );
  await check('verify finds no fault, and each key', async () => {
    const out = await ssecProxy(['verify', config, `s3://${BUCKET}`]);
    for (const id of ['key k1', 'key k2', 'key k3', 'keys derived from k4']) {
      if (!new RegExp(`${id} \\(\\w+\\) +${OBJECT_KEYS.length} `).test(out)) throw new Error(out);
    }
  });
  for (const version of someOf(written)) await restore(config, version);
  await check('keys come back from escrow by age alone, and restore as before', () =>
    fromEscrow(config, written),
  );
}

/** Rotates from key to key, and writes every object under each of them. */
async function writeUnderEachKey(): Promise<Written[]> {
  await shell('age-keygen -o identity.txt 2>/dev/null', folder);
  const recipient = (await shell('age-keygen -y identity.txt', folder)).trim();
  const written: Written[] = [];
  for (const [index, id] of IDS.entries()) {
    const printed = await ssecProxy(['keygen', join(folder, id), '--escrow', recipient]);
    await writeFile(join(folder, `${id}.yaml`), printed);
    const ids = IDS.slice(0, index + 1);
    const config = await writeConfig(folder, store, { bucket: BUCKET, ring: ringOf(ids), ids });
    await throughProxy(config, async (client) => {
      if (index === 0) await makeBucket(client);
      for (const objectKey of OBJECT_KEYS) written.push(await writeVersion(client, BUCKET, objectKey));
    });
  }
  return written;
}

async function makeBucket(client: StoreClient): Promise<void> {
  const versioning = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  const query = { versioning: undefined };
  await succeed(client, { method: 'PUT', bucket: BUCKET });
  await succeed(client, { method: 'PUT', bucket: BUCKET, query, body: Buffer.from(versioning) });
}

async function throughProxy(config: string, work: (client: StoreClient) => Promise<void>): Promise<void> {
  const { snapshot, problems } = await loadConfig(config);
  if (!snapshot) throw new Error(JSON.stringify(problems));
  const listeners = snapshot.listeners.map((listener) => ({
    ...listener,
    permissions: { ...listener.permissions, admin: true },
  }));
  const proxy = await startProxy({ ...snapshot, listeners }, silentLog());
  const client = clientOfProxy(proxy.urls[0] ?? '', store.region);
  try {
    await work(client);
  } finally {
    client.close();
    await proxy.stop();
  }
}

async function readAll(config: string, written: readonly Written[]): Promise<void> {
  await throughProxy(config, async (client) => {
    for (const { objectKey, versionId, sha256: wanted } of written) {
      const { body } = await succeed(client, {
        method: 'GET',
        bucket: BUCKET,
        objectKey,
        query: { versionId },
      });
      if (sha256(body) !== wanted) throw new Error(`${objectKey} ${versionId} differs`);
    }
  });
}

/** By each of the three ways that `recover` prints, in a folder of its own. */
async function restore(config: string, written: Written): Promise<void> {
  const { objectKey, versionId, sha256: wanted } = written;
  const place = await mkdtemp(join(folder, 'restore-'));
  const url = `s3://${BUCKET}/${objectKey}`;
  const args = ['recover', config, url, `--version-id=${versionId}`, '--reveal', '--yes'];
  const withFile = await ssecProxy([...args, '--write-key', join(place, 'key')]);
  const bare = await ssecProxy(args);
  const ways: readonly (readonly [way: string, run: (into: string) => Promise<unknown>])[] = [
    ['AWS CLI, key in a file', (into) => shell(section(withFile, /^# AWS CLI/)[0] ?? '', into, caOf(store))],
    ['AWS CLI, key as an argument', (into) => shell(section(bare, /^# AWS CLI/)[0] ?? '', into, caOf(store))],
    ['rclone', (into) => byRclone(section(bare, /^# rclone/), into)],
    ['the three headers', (into) => byHeaders(section(bare, /^# any other client/), written, into)],
  ];
  for (const [way, run] of ways) {
    await check(`${way}: ${objectKey} ${versionId}`, async () => {
      const into = await mkdtemp(join(place, 'way-'));
      await run(into);
      if (sha256(await readFile(join(into, 'recovered'))) !== wanted) throw new Error('the bytes differ');
    });
  }
}

function caOf({ ca }: DrilledStore): Record<string, string> {
  return { AWS_CA_BUNDLE: ca };
}

async function byRclone(lines: readonly string[], into: string): Promise<void> {
  await writeFile(join(into, 'rclone.conf'), lines.slice(0, -1).join('\n'), { mode: 0o600 });
  await shell(lines.at(-1) ?? '', into, { RCLONE_CA_CERT: store.ca, RCLONE_RETRIES: '1' });
}

/** By a client that is given the headers as they were printed: curl 7.88 signs them in an order that Ceph refuses. */
async function byHeaders(
  lines: readonly string[],
  { objectKey, versionId }: Written,
  into: string,
): Promise<void> {
  const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
  const client = clientOfStore(store, await readFile(store.ca, 'utf8'));
  try {
    const request = { method: 'GET', bucket: BUCKET, objectKey, query: { versionId }, headers } as const;
    await writeFile(join(into, 'recovered'), (await succeed(client, request)).body);
  } finally {
    client.close();
  }
}

/** The key files are lost; what is left is the config, the escrow and the identity. */
async function fromEscrow(config: string, written: readonly Written[]): Promise<void> {
  const lost = join(folder, 'lost');
  await mkdir(lost);
  for (const id of IDS) await shell(`mv ${id} lost/`, folder);
  const [one] = shuffled(written);
  if (!one) throw new Error('nothing was written');
  const failing = ssecProxy([
    'recover',
    config,
    `s3://${BUCKET}/${one.objectKey}`,
    `--version-id=${one.versionId}`,
  ]);
  if (
    !(await failing.then(
      () => false,
      () => true,
    ))
  )
    throw new Error('it worked without the keys');
  for (const id of IDS) {
    await shell(
      `umask 077; age --decrypt --identity identity.txt --output ${id} ${id}.age; cmp ${id} lost/${id}`,
      folder,
    );
  }
  await ssecProxy(['check', config, '--offline']);
  await restore(config, one);
}

/** As many as DRILL_VERSIONS says, at random; 4 by default. */
function someOf(written: readonly Written[]): Written[] {
  return shuffled(written).slice(0, Number(process.env.DRILL_VERSIONS ?? 4));
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, at: randomInt(2 ** 32) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
