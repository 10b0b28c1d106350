import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Secret } from '../../src/secret.ts';
import { presign, sign } from '../../src/sigv4/sign.ts';
import { BUCKETS, type ProxyProcess, startProxy } from '../matrix/proxy.ts';
import type { RunningStore, Store, TlsFiles } from '../matrix/store.ts';
import { STORES } from '../matrix/stores/stores.ts';
import { writeCertificates } from '../matrix/tls-files.ts';

/**
 * Headers by which a real store does something else than a client may: sent to the store itself, where they have to
 * work, or all of this shows nothing; and through the proxy, where they must not.
 */
const { values } = parseArgs({ options: { stores: { type: 'string', default: 'ceph,minio' } } });

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Somebody who signs requests to somewhere. */
type Send = (sent: Sent) => Promise<Answer>;

interface Stand {
  readonly store: Store;
  /** With the credentials of the store, at the store. */
  readonly direct: Send;
  /** As a client of the proxy: signed in headers, or as a link. */
  readonly signed: Send;
  readonly link: Send;
}

const VICTIM = 'victim';
const CONTENT = 'what no client of the proxy may read';
const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-headers-'));
const cache = join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'ssec-proxy-matrix');
let passed = 0;
const failures: string[] = [];
try {
  await mkdir(cache, { recursive: true });
  const tls = await writeCertificates(folder);
  for (const id of values.stores.split(',')) {
    const store = STORES.find((one) => one.id === id);
    if (!store) throw new Error(`there is no ${id}`);
    await examine(store, tls);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const failure of failures) console.error(`\nFAILED ${failure}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 || passed === 0 ? 1 : 0);

async function examine(store: Store, tls: TlsFiles): Promise<void> {
  await store.install(cache);
  const place = join(folder, store.id);
  await mkdir(place, { recursive: true });
  const running = await store.start(place, tls, cache);
  console.log(`\n${store.id} ${running.version}`);
  try {
    const direct = await storeSend(running);
    for (const bucket of [...Object.values(BUCKETS), VICTIM])
      await direct({ method: 'PUT', path: `/${bucket}` });
    await direct({ method: 'PUT', path: `/${VICTIM}/secret`, body: Buffer.from(CONTENT) });
    const proxy = await startProxy(join(place, 'proxy'), store, running, tls);
    try {
      const stand: Stand = { store, direct, ...(await proxySends(proxy, tls)) };
      await underscores(stand);
      await bytes(stand);
      await archives(stand);
      await vendors(stand);
    } finally {
      await proxy.stop();
    }
  } finally {
    await running.stop();
  }
}

/** Ceph reads an underscore in the name of a header as a dash. */
async function underscores({ store, direct, signed, link }: Stand): Promise<void> {
  const source = `/${VICTIM}/secret`;
  const name = 'x-amz-copy_source';
  if (store.id === 'ceph')
    await check('copies by a name with an underscore', async () => {
      equal((await direct({ method: 'PUT', path: '/open/direct', headers: { [name]: source } })).status, 200);
      equal((await direct({ method: 'GET', path: '/open/direct' })).body, CONTENT);
    });
  for (const bucket of Object.values(BUCKETS))
    await check(`no copy into ${bucket} by a name with an underscore`, async () => {
      const path = `/${bucket}/copied`;
      equal((await link({ method: 'PUT', path, query: { [name]: source } })).status, 400);
      equal((await signed({ method: 'PUT', path, headers: { [name]: source } })).status, 400);
      equal((await direct({ method: 'GET', path })).status, 404);
    });
}

/** Metadata of a link is stored as the bytes of its text. */
async function bytes({ direct, link }: Stand): Promise<void> {
  for (const [text, status] of [
    ['ü', 200],
    ['€', 200],
    ['a\nb', 400],
    ['a\r\nx-amz-copy-source: /victim/secret', 400],
  ] as const)
    await check(`metadata of a link: ${JSON.stringify(text)}`, async () => {
      const path = '/open/described';
      equal((await link({ method: 'PUT', path, query: { 'x-amz-meta-a': text } })).status, status);
      if (status !== 200) return;
      const { headers } = await direct({ method: 'HEAD', path });
      const stored = String(headers['x-amz-meta-a']);
      // MinIO encodes what is not ASCII as RFC 2047 says.
      const encoded = /^=\?utf-8\?[bq]\?.*\?=$/i.test(stored);
      if (!encoded) equal(stored, Buffer.from(text).toString('latin1'));
    });
}

/** MinIO unpacks an archive whose metadata says so; Ceph keeps it. */
async function archives({ store, direct, signed, link }: Stand): Promise<void> {
  const body = tarOf('secret/config', 'overwritten');
  const name = 'x-amz-meta-snowball-auto-extract';
  const unpacks = store.id === 'minio';
  await check(`${unpacks ? 'unpacks' : 'keeps'} an archive`, async () => {
    const headers = { [name]: 'true' };
    equal((await direct({ method: 'PUT', path: '/open/myuser/direct.tar', headers, body })).status, 200);
    equal((await direct({ method: 'GET', path: '/open/secret/config' })).status, unpacks ? 200 : 404);
    await direct({ method: 'DELETE', path: '/open/secret/config' });
  });
  if (!unpacks) return;
  for (const bucket of Object.values(BUCKETS))
    await check(`no archive is unpacked in ${bucket}`, async () => {
      const path = `/${bucket}/myuser/hostile.tar`;
      equal((await signed({ method: 'PUT', path, headers: { [name]: 'true' }, body })).status, 400);
      equal((await link({ method: 'PUT', path, query: { [name]: 'true' }, body })).status, 400);
      for (const there of ['secret/config', 'myuser/hostile.tar'])
        equal((await direct({ method: 'GET', path: `/${bucket}/${there}` })).status, 404);
    });
}

/** MinIO deletes all that begins with a prefix when it is forced to. */
async function vendors({ store, direct, signed }: Stand): Promise<void> {
  const headers = { 'x-minio-force-delete': 'true' };
  const fill = async (): Promise<void> => {
    for (const key of ['tree/a', 'tree/b'])
      await direct({ method: 'PUT', path: `/open/${key}`, body: Buffer.from(key) });
  };
  const left = async (): Promise<number> => (await direct({ method: 'GET', path: '/open/tree/a' })).status;
  await fill();
  if (store.id === 'minio')
    await check('deletes recursively', async () => {
      await direct({ method: 'DELETE', path: '/open/tree/', headers });
      equal(await left(), 404);
      await fill();
    });
  await check('nothing is deleted recursively', async () => {
    equal((await signed({ method: 'DELETE', path: '/open/tree/', headers })).status, 400);
    equal(await left(), 200);
  });
}

async function storeSend({ endpoint, caFile, region, credentials }: RunningStore): Promise<Send> {
  return sender(new URL(endpoint).host, await readFile(caFile, 'utf8'), region, credentials, 'headers');
}

async function proxySends(
  { authorities, client }: ProxyProcess,
  { caFile }: TlsFiles,
): Promise<{ signed: Send; link: Send }> {
  const ca = await readFile(caFile, 'utf8');
  const as = (kind: 'headers' | 'link'): Send => sender(authorities.https, ca, 'us-east-1', client, kind);
  return { signed: as('headers'), link: as('link') };
}

function sender(
  host: string,
  ca: string,
  region: string,
  by: { readonly accessKeyId: string; readonly secretAccessKey: string },
  kind: 'headers' | 'link',
): Send {
  const credentials = { accessKeyId: by.accessKeyId, secretAccessKey: new Secret(by.secretAccessKey) };
  return ({ method, path, query = {}, headers = {}, body = Buffer.alloc(0) }) => {
    const options = { credentials, region, now: new Date() };
    const encoded = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const target = encoded.length === 0 ? path : `${path}?${encoded.join('&')}`;
    const plain = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers };
    return kind === 'link'
      ? exchange(host, ca, method, presign({ method, path: target, host }, options), { host }, body)
      : exchange(
          host,
          ca,
          method,
          target,
          { ...plain, ...sign({ method, path: target, headers: plain }, options) },
          body,
        );
  };
}

function exchange(
  host: string,
  ca: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<Answer> {
  const [hostname = '', port] = host.split(':');
  const sized = body.length > 0 || method === 'PUT' ? { 'content-length': String(body.length) } : {};
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method, ca, headers: { ...headers, ...sized }, agent: false };
    const request = https.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.setTimeout(30_000, () => request.destroy(new Error('no answer within 30 s')));
    request.once('error', reject).end(body);
  });
}

/** An archive of one file: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
function tarOf(name: string, content: string): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write('0000644\0', 100);
  head.write('0000000\0'.repeat(2), 108);
  head.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  head.write('00000000000\0', 136);
  head.write('        0', 148);
  head.write('ustar\u000000', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const data = Buffer.alloc(512);
  data.write(content);
  return Buffer.concat([head, data, Buffer.alloc(1024)]);
}

async function check(what: string, how: () => Promise<void>): Promise<void> {
  try {
    await how();
    passed += 1;
    console.log(`ok      ${what}`);
  } catch (error) {
    failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    console.log(`FAILED  ${what}`);
  }
}

function equal(seen: unknown, wanted: unknown): void {
  if (seen !== wanted) throw new Error(`${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
}
