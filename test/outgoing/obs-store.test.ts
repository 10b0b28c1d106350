import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import { OBS } from '../../src/dialects/obs.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { type Ask, ask, type Front, SSEC_KEY, startFront, UPSTREAM } from '../adversary/support.ts';
import { HERE, type ObsStub, startObsStub, THERE } from '../support/obs-stub.ts';
import { testClient, testCredentials, testSsecKey } from '../support/snapshot.ts';

const OLD = testSsecKey('old');
const HOST = `obs.${HERE}.myhuaweicloud.eu`;

interface Stand {
  readonly obs: ObsStub;
  readonly front: Front;
  readonly send: (method: string, target: string, more?: Partial<Ask>) => ReturnType<typeof ask>;
  /** What reached the store since the last call. */
  readonly came: () => string[];
}

async function stand(t: Test, more: Partial<Parameters<typeof startFront>[1]> = {}): Promise<Stand> {
  const obs = await startObsStub(t, UPSTREAM);
  const { port, ca, lookup } = obs;
  const front = await startFront(t, {
    provider: PROVIDERS.obs,
    rules: [
      { bucket: 'secret', encrypt: [SSEC_KEY, OLD] },
      { bucket: 'open', encrypt: 'off' },
    ],
    lookup,
    port,
    ...more,
    upstream: {
      protocol: 'https:',
      hostname: HOST,
      ca,
      region: HERE,
      dialect: OBS,
      addressing: 'virtual',
      ...more.upstream,
    },
  });
  return {
    obs,
    front,
    send: (method, target, rest = {}) => ask(t, front.port, { method, target, ...rest }),
    came: () => obs.seen.splice(0).map(({ line }) => line),
  };
}

t.test('an S3 client writes and reads at an OBS store, encrypted and in its words', async (t) => {
  const { obs, send } = await stand(t);
  const headers = { 'x-amz-meta-colour': 'red', 'x-amz-storage-class': 'STANDARD_IA' };
  const put = await send('PUT', '/secret/dir/a%20b%2Bc', { headers, body: 'content' });
  t.match(put, { status: 200 });
  t.match(put.head, /x-amz-server-side-encryption-customer-algorithm: AES256/);
  const stored = obs.seen.at(-1);
  t.match(stored, { line: 'PUT eu-de secret /dir/a%20b%2Bc', body: 'content' });
  t.equal(stored?.headers['x-obs-server-side-encryption-customer-key'], SSEC_KEY.base64);
  const got = await send('GET', '/secret/dir/a%20b%2Bc');
  t.match(got, { status: 200, body: 'content' });
  t.match(got.head, /x-amz-meta-colour: red/);
  t.match(got.head, /x-amz-storage-class: STANDARD_IA/);
  t.notMatch(got.head, /x-obs-(?!request-id)/);
  t.match(await send('GET', '/secret?list-type=2'), { status: 200 });
  t.match(await send('HEAD', '/secret/none'), { status: 404 });
});

t.test('after a rotation an object under the older key is read, by GET and by HEAD', async (t) => {
  const { obs, send, came } = await stand(t);
  obs.objects.set('secret/old', { body: 'before', headers: {}, keyMd5: OLD.md5 });
  t.match(await send('HEAD', '/secret/old'), { status: 200 });
  t.strictSame(
    came(),
    ['HEAD eu-de secret /old', 'HEAD eu-de secret /old'],
    'the code of a HEAD is in its head',
  );
  t.match(await send('GET', '/secret/old'), { status: 200, body: 'before' });
  obs.objects.set('secret/other', { body: 'x', headers: {}, keyMd5: testSsecKey('lost').md5 });
  t.match(await send('GET', '/secret/other'), { status: 400 });
  obs.objects.set('secret/plain', { body: 'x', headers: {}, keyMd5: undefined });
  t.match(await send('GET', '/secret/plain'), { status: 400 }, 'a plain object is not read as one');
});

t.test('an answer that names headers of S3 proves nothing', async (t) => {
  const { obs, send, front } = await stand(t);
  const echo = 'x-amz-server-side-encryption-customer-';
  obs.mute = true;
  Object.assign(obs.more, { [`${echo}algorithm`]: 'AES256', [`${echo}key-md5`]: SSEC_KEY.md5 });
  t.match(await send('PUT', '/secret/a', { body: 'x' }), { status: 500 });
  t.ok(front.log.some(({ msg }) => String(msg).startsWith('unproven encryption')));
});

t.test('a bucket of another region is found by the redirect, at a host made here', async (t) => {
  const { obs, send, came } = await stand(t);
  obs.buckets.set('secret', THERE);
  t.match(await send('PUT', '/secret/a', { body: 'one' }), { status: 200 });
  t.strictSame(came(), ['HEAD eu-de secret /', 'PUT eu-west-101 secret /a']);
  t.match(await send('GET', '/secret/a'), { status: 200, body: 'one' });
  t.strictSame(came(), ['GET eu-west-101 secret /a'], 'it is remembered');
});

t.test('a redirect to anywhere else leads nowhere, and is not shown', async (t) => {
  for (const location of [
    'https://secret.obs.eu-west-101.myhuaweicloud.eu.evil.test/a',
    'https://secret.obs.eu-west-101.myhuaweicloud.com/a',
    'https://evil.obs.eu-west-101.myhuaweicloud.eu/a',
    'https://x@secret.obs.eu-west-101.myhuaweicloud.eu/a',
    '//secret.obs.eu-west-101.myhuaweicloud.eu/a',
    'https://127.0.0.1/a',
  ]) {
    const { obs, send, came } = await stand(t);
    obs.buckets.set('secret', THERE);
    obs.location = location;
    const got = await send('GET', '/secret/a');
    t.match(got, { status: 503 }, location);
    t.notMatch(got.text, /evil|huaweicloud|127\.0\.0\.1\/a/);
    t.ok(came().every((line) => /^(?:GET|HEAD) eu-de /.test(line)));
  }
});

t.test('a wrong secret: two wrong signatures, and then the store is left alone', async (t) => {
  const { obs, send, came, front } = await stand(t);
  obs.secrets.set(UPSTREAM.accessKeyId, 'another');
  t.match(await send('GET', '/secret/a'), { status: 503 });
  t.strictSame(came(), ['GET eu-de secret /a', 'GET eu-de secret /?location']);
  for (const target of ['/secret/a', '/open/b', '/'])
    t.match(await send('GET', target), { status: 503 }, target);
  t.strictSame(came(), []);
  t.match(front.log.at(-1)?.['cause'], /SignatureDoesNotMatch to upstream\.credentials .* check the secret/);
  const metrics = await front.metrics();
  t.match(metrics, /ssec_proxy_upstream_refused_credentials\{upstream="upstream"\} 1/);
  t.match(metrics, /ssec_proxy_upstream_refused_total\{upstream="upstream",reason="credentials"\} 3/);
});

t.test(
  'a HEAD that is refused for the signature is no 403 of the client, and begins the pause too',
  async (t) => {
    const { obs, send, came, front } = await stand(t);
    obs.secrets.set(UPSTREAM.accessKeyId, 'another');
    t.match(await send('HEAD', '/open/a'), { status: 503 });
    t.match(front.log.at(-1), { code: 'ServiceUnavailable', cause: /SignatureDoesNotMatch/ });
    t.equal(came().length, 2);
    t.match(await send('HEAD', '/open/a'), { status: 503 });
    t.strictSame(came(), []);
    t.match(await send('HEAD', '/open/none'), { status: 503 });
  },
);

t.test('a blocked access key is not asked with again', async (t) => {
  const { obs, send, came } = await stand(t);
  obs.blocked.add(UPSTREAM.accessKeyId);
  for (let i = 0; i < 3; i += 1) t.match(await send('GET', '/secret/a'), { status: 503 });
  t.strictSame(came(), ['GET eu-de secret /a']);
});

t.test('the log has the code of a HEAD: a wrong key is told from a missing object', async (t) => {
  const { obs, send, front } = await stand(t);
  obs.objects.set('secret/lost', { body: 'x', headers: {}, keyMd5: testSsecKey('lost').md5 });
  t.match(await send('HEAD', '/secret/lost'), { status: 400 });
  t.match(front.log.at(-1), { code: 'InvalidEncryptionAlgorithmError' });
  t.match(await send('HEAD', '/secret/none'), { status: 404 });
  t.match(front.log.at(-1), { code: 'NoSuchKey' });
});

t.test('many at once with a wrong secret are not as many wrong signatures', async (t) => {
  const { obs, send, came } = await stand(t);
  obs.secrets.delete(UPSTREAM.accessKeyId);
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => send('GET', `/secret/${i}`)));
  t.ok(all.every(({ status }) => status === 503));
  t.ok(came().length <= 2);
});

t.test('a request that the store reads in another way stops nobody', async (t) => {
  const { obs, send, came } = await stand(t);
  t.match(await send('PUT', '/open/a', { body: 'x' }), { status: 200 });
  came();
  obs.odd.add('/odd');
  for (let i = 0; i < 5; i += 1) t.match(await send('GET', '/open/odd'), { status: 503 });
  t.match(await send('GET', '/open/a'), { status: 200 });
  t.equal(came().filter((line) => line.endsWith('?location')).length, 5, 'each is looked into');
});

t.test("a client's own credentials that are refused stop that client alone", async (t) => {
  const own = testCredentials('own-pair');
  const [one, two] = [testClient('one', UPSTREAM), testClient('two', own)];
  const { obs, send, came, front } = await stand(t, { clients: [one, two] });
  t.match(await send('PUT', '/open/a', { body: 'x', as: one }), { status: 200 });
  for (let i = 0; i < 3; i += 1) t.match(await send('GET', '/open/a', { as: two }), { status: 503 });
  t.match(
    front.log.at(-1)?.['cause'],
    /InvalidAccessKeyId to the credentials of client two \(its option upstream\)/,
  );
  t.match(await send('GET', '/open/a', { as: one }), { status: 200 });
  t.equal(came().length, 4, 'a HEAD of the bucket, the write, one refusal and the read');
  t.ok(obs.objects.has('open/a'));
});

t.test('OBS gets the MD5 of a document, which it demands and clients mostly do not send', async (t) => {
  const { obs, send } = await stand(t);
  const body =
    '<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>';
  await send('PUT', '/open?cors', { body });
  const sent = obs.seen.at(-1);
  t.match(sent, { line: 'PUT eu-de open /?cors', body });
  t.equal(sent?.headers['content-md5'], createHash('md5').update(body).digest('base64'));
});
