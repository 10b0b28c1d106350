import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { SseKey } from '../../src/keys/key.ts';
import { ssecHeaders } from '../../src/ssec/headers.ts';
import { BUCKETS } from '../matrix/proxy.ts';
import { check, equal, summary } from './signed/checks.ts';
import { atStores, type Stand } from './signed/stand.ts';

/**
 * Headers by which a real store does something else than a client may: sent to the store itself, where they have to
 * work, or all of this shows nothing; and through the proxy, where they must not.
 */
const { values } = parseArgs({ options: { stores: { type: 'string', default: 'ceph,minio' } } });

const VICTIM = 'victim';
const CONTENT = 'what no client of the proxy may read';
const OWN = 'own';
const RULES = `  - { match: { bucket: ${OWN} }, encrypt: [matrix], clientHeaders: pass }`;
const examine = async (stand: Stand): Promise<void> => {
  for (const bucket of [VICTIM, OWN]) await stand.direct({ method: 'PUT', path: `/${bucket}` });
  await stand.direct({ method: 'PUT', path: `/${VICTIM}/secret`, body: Buffer.from(CONTENT) });
  await underscores(stand);
  await bytes(stand);
  await blanks(stand);
  await archives(stand);
  await vendors(stand);
  await ownKeys(stand);
};
await atStores(values.stores, examine, { rules: RULES });
process.exit(summary());

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

/** White space of every kind, which stores sign in ways of their own. */
async function blanks({ signed }: Stand): Promise<void> {
  const texts = ['a  b', '"a  b"', 'a\tb', 'a\t\tb', 'a \tb', 'a\t b'];
  const wide = [
    'a\u00A0b',
    'a\u0085b',
    'a\u2003 b',
    'a\u202Fb',
    '\u3000a',
    'a\u3000',
    'a\u200Bb',
    'a\uFEFFb',
  ];
  const bytes = ['a\u00A0b', 'a\u0085'];
  const values = [...texts, ...wide.map((text) => Buffer.from(text).toString('latin1')), ...bytes];
  for (const value of values)
    await check(`white space in metadata: ${JSON.stringify(value)}`, async () => {
      const headers = { 'x-amz-meta-a': value };
      equal((await signed({ method: 'PUT', path: '/open/blanks', headers })).status, 200);
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

/** Ceph and SeaweedFS return what is stored in plain for any key. */
async function ownKeys({ store, direct, signed }: Stand): Promise<void> {
  const headers = ssecHeaders('target', new SseKey('of the client', randomBytes(32)));
  const [plain, sealed] = [`/${OWN}/plain`, `/${OWN}/sealed`];
  await direct({ method: 'PUT', path: plain, body: Buffer.from(CONTENT) });
  if (store.id !== 'minio')
    await check('a plain object is returned for any key', async () => {
      equal((await direct({ method: 'GET', path: plain, headers })).body, CONTENT);
    });
  await check("no plain object is returned for a client's own key", async () => {
    equal((await signed({ method: 'GET', path: plain, headers })).status, 403);
    equal((await signed({ method: 'HEAD', path: plain, headers })).status, 403);
  });
  await check("an object is returned for the client's own key that it has", async () => {
    equal((await signed({ method: 'PUT', path: sealed, headers, body: Buffer.from(CONTENT) })).status, 200);
    equal((await signed({ method: 'GET', path: sealed, headers })).body, CONTENT);
    equal((await signed({ method: 'HEAD', path: sealed, headers })).status, 200);
  });
}
