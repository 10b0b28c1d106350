import type { LookupFunction } from 'node:net';
import t, { type Test } from 'tap';
import { OBS } from '../../../src/dialects/obs.ts';
import { PROVIDERS } from '../../../src/s3/providers.ts';
import { SSEC_KEY, startFront, UPSTREAM } from '../../adversary/support.ts';
import { eventually, settled } from '../../e2e/wire.ts';
import { startFixture } from '../../sandbox/fixture.ts';
import { DOMAIN } from '../../sandbox/obs/fixture.ts';
import {
  answerOf,
  begun,
  bodyOf,
  type Came,
  contentMd5,
  drip,
  type Manner,
  OWNER,
  put,
  type Stand,
  standOf,
} from './stand.ts';

const KEY_MD5 = 'x-obs-server-side-encryption-customer-key-md5';
const OF_OBS = { provider: PROVIDERS.obs, upstream: { dialect: OBS } } as const;

/** What a stub says that proves the encryption as OBS does. */
const proof = ({ request: { headers } }: Came): Record<string, string> => ({
  etag: '"e"',
  'content-length': '0',
  'x-obs-server-side-encryption-customer-algorithm': 'AES256',
  [KEY_MD5]: String(headers[KEY_MD5]),
});

const PROVES = {
  put: (came, response) => response.writeHead(200, proof(came)).end(),
  append: (came, response) =>
    response.writeHead(200, { ...proof(came), 'x-obs-next-append-position': String(came.body.length) }).end(),
} satisfies Manner;

t.test('a store that takes it gets a body as it comes', async (t) => {
  for (const body of ['', 'x', bodyOf(7000)]) {
    const stand = await standOf(t, PROVES, OF_OBS);
    t.match(await put(t, stand, body), /^HTTP\/1.1 200 /);
    t.equal(stand.kinds(), 'put');
    t.same(stand.bodies('put'), [body]);
    t.match(stand.said('put'), { 'transfer-encoding': 'chunked', [KEY_MD5]: SSEC_KEY.md5 });
    t.notOk(stand.said('put')['content-length']);
    t.match(stand.log.at(-1), { op: 'PutObject', attempts: 1, bytesIn: body.length });
  }
});

t.test('an append of unknown length goes as it comes, once', async (t) => {
  const stand = await standOf(t, { append: PROVES.append }, OF_OBS);
  const target = '/secret/log?append&position=0';
  const answer = await put(t, stand, bodyOf(7000), { method: 'POST', target });
  t.match(answer, /^HTTP\/1.1 200 [\s\S]*x-obs-next-append-position: 7000/i);
  t.same(stand.bodies('append'), [bodyOf(7000)]);
  t.match(stand.said('append'), { 'transfer-encoding': 'chunked', [KEY_MD5]: SSEC_KEY.md5 });
});

t.test('it has the first of it before the client has sent the last', async (t) => {
  const stand = await standOf(t, PROVES, OF_OBS);
  const client = await begun(t, stand);
  await drip(client, bodyOf(500));
  await eventually(() => (stand.came[0]?.body.length ?? 0) > 0);
  client.socket.write('0\r\n\r\n');
  t.match(await answerOf(client), /^HTTP\/1.1 200 /);
  t.same(stand.bodies('put'), [bodyOf(500)]);
});

t.test('it never has the whole of one that is cut, or whose digest is wrong', async (t) => {
  const cut = await standOf(t, PROVES, OF_OBS);
  const client = await begun(t, cut);
  await drip(client, bodyOf(500));
  await eventually(() => (cut.came[0]?.body.length ?? 0) > 0);
  client.socket.destroy();
  await eventually(() => cut.came[0]?.cut === true);
  t.same(cut.bodies('put'), []);
  const wrong = await standOf(t, PROVES, OF_OBS);
  const headers = { 'content-md5': contentMd5('another') };
  for (const body of ['x', bodyOf(3000)])
    t.match(await put(t, wrong, body, { headers }), /^HTTP\/1.1 400 [\s\S]*<Code>BadDigest</);
  await settled(() => wrong.came.length);
  t.same(wrong.bodies('put'), []);
});

t.test('the sandbox of OBS takes it, and has it sealed', async (t) => {
  const stand = await beforeSandbox(t);
  const body = bodyOf(300_000);
  for (const scheme of ['OBS', 'AWS'] as const) {
    t.match(await put(t, stand, body, { scheme }), /^HTTP\/1.1 200 [\s\S]*customer-algorithm: AES256/i);
    t.match(stand.log.at(-1), { op: 'PutObject', status: 200, attempts: 1 });
  }
});

async function beforeSandbox(t: Test): Promise<Stand> {
  const { sandbox } = await startFixture(t, {
    profile: 'obs',
    plain: true,
    insecureSsec: true,
    domains: [DOMAIN],
    buckets: ['secret'],
    credentials: [UPSTREAM],
  });
  const lookup: LookupFunction = (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
  const front = await startFront(t, {
    port: sandbox.port,
    provider: PROVIDERS.obs,
    clients: [OWNER],
    rules: [{ bucket: 'secret', encrypt: [SSEC_KEY] }],
    obs: true,
    sigv2: true,
    lookup,
    upstream: {
      dialect: OBS,
      hostname: DOMAIN,
      addressing: 'virtual',
    },
  });
  return { ...front, came: [], kinds: () => '', bodies: () => [], said: () => ({}) };
}
