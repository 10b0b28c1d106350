import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import aws4 from 'aws4';
import t from 'tap';
import { ACCESS, type Fixture, failureOf, REGION, startFixture } from './fixture.ts';

function put(
  { sandbox, ca }: Fixture,
  path: string,
  headers: Record<string, string>,
  agent: Agent | false = false,
): ReturnType<typeof request> {
  const options = {
    method: 'PUT',
    host: '127.0.0.1',
    port: sandbox.port,
    path,
    headers: { host: `127.0.0.1:${sandbox.port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
    service: 's3',
    region: REGION,
    ca,
    agent,
  };
  aws4.sign(options, ACCESS);
  return request(options);
}

await t.test('who may enter', async (t) => {
  const { s3, raw } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const anonymous = await raw({ method: 'GET', path: '/bucket', sign: false });
  t.equal(anonymous.status, 403);
  t.match(anonymous.body, '<Code>AccessDenied</Code>');
  const forged = await raw({
    method: 'GET',
    path: '/bucket',
    sign: false,
    headers: {
      'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCESS.accessKeyId}/${new Date().toISOString().slice(0, 10).replaceAll('-', '')}/${REGION}/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${'0'.repeat(64)}`,
    },
  });
  t.equal(forged.status, 403);
  for (const element of [
    'Code>SignatureDoesNotMatch',
    `AWSAccessKeyId>${ACCESS.accessKeyId}`,
    'StringToSign>AWS4-HMAC-SHA256\n',
    'StringToSignBytes>41 57 53 34 ',
    `SignatureProvided>${'0'.repeat(64)}`,
    'CanonicalRequest>GET\n/bucket\n',
    'CanonicalRequestBytes>47 45 54 0a ',
    'RequestId>',
    'HostId>',
    'Resource>/bucket<',
  ]) {
    t.ok(forged.body.includes(`<${element}`), element);
  }
  t.equal((await raw({ method: 'OPTIONS', path: '/bucket/k', sign: false })).status, 403);
});

await t.test('every response names itself', async (t) => {
  const { raw } = await startFixture(t);
  const { status, headers, body } = await raw({ method: 'GET', path: '/nowhere/k' });
  t.equal(status, 404);
  t.equal(headers.server, 'ssec-proxy-sandbox');
  t.ok(headers['x-amz-request-id'] && headers['x-amz-id-2'] && headers.date);
  t.match(body, `<RequestId>${String(headers['x-amz-request-id'])}</RequestId>`);
  const unknown = await raw({ method: 'GET', path: '/nowhere?lifecycle' });
  t.equal(unknown.status, 501);
  t.match(unknown.body, '<Code>NotImplemented</Code>');
});

await t.test('Expect: 100-continue is answered after the checks that need no body', async (t) => {
  const fixture = await startFixture(t);
  await fixture.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const headers = { expect: '100-continue', 'content-length': '5' };
  const good = put(fixture, '/bucket/k', headers);
  good.flushHeaders();
  await once(good, 'continue');
  good.end('hello');
  const [answered] = await once(good, 'response');
  t.equal(answered.statusCode, 200);
  answered.resume();

  const refused = put(fixture, '/nowhere/k', headers);
  refused.on('continue', () => t.fail('it must not be invited'));
  refused.flushHeaders();
  const [response] = await once(refused, 'response');
  t.match(response, { statusCode: 404, headers: { connection: 'close' } });
  response.resume();
  await once(response, 'end');
  refused.destroy();
});

await t.test('a body without a length is refused', async (t) => {
  const fixture = await startFixture(t);
  await fixture.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const outgoing = put(fixture, '/bucket/k', { 'transfer-encoding': 'chunked' });
  outgoing.end('x');
  const [response] = await once(outgoing, 'response');
  t.equal(response.statusCode, 411);
  response.resume();
});

await t.test('a client that leaves in mid-body leaves nothing behind', async (t) => {
  const fixture = await startFixture(t);
  await fixture.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const outgoing = put(fixture, '/bucket/k', { 'content-length': '1000000' });
  outgoing.on('error', () => undefined);
  outgoing.write(randomBytes(500_000));
  while ((await fixture.disk()).every((file) => file.length === 0)) await sleep(5);
  outgoing.destroy();
  while ((await fixture.disk()).length > 0) await sleep(5);
  t.match(await failureOf(fixture.s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'k' }))), {
    status: 404,
  });
});

await t.test('a client that leaves in mid-download is not a failure and holds no file', async (t) => {
  const fixture = await startFixture(t);
  const at = { Bucket: 'bucket', Key: 'k' };
  await fixture.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await fixture.s3.send(new PutObjectCommand({ ...at, Body: randomBytes(20_000_000) }));
  const got = await fixture.s3.send(new GetObjectCommand(at));
  if (got.Body && 'destroy' in got.Body) got.Body.destroy();
  await fixture.s3.send(new PutObjectCommand({ ...at, Body: 'new' }));
  while ((await fixture.disk()).some((file) => file.length > 1_000_000)) await sleep(5);
  t.equal((await fixture.disk()).length, 2, 'the new body and its description');
});

await t.test('a connection is used again, after errors too', async (t) => {
  const fixture = await startFixture(t);
  await fixture.s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const agent = new Agent({ ca: fixture.ca, keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (const [path, status] of [
    ['/bucket/k', 200],
    ['/nowhere/k', 404],
    ['/bucket/k', 200],
  ] as const) {
    const outgoing = put(fixture, path, { 'content-length': '70000' }, agent);
    outgoing.end(randomBytes(70_000));
    const [response] = await once(outgoing, 'response');
    t.equal(response.statusCode, status);
    ports.add(outgoing.socket?.localPort);
    response.resume();
    await once(response, 'end');
    await sleep(1);
  }
  t.equal(ports.size, 1);
});

await t.test('a body being read survives its replacement', async (t) => {
  const { s3, disk } = await startFixture(t);
  const at = { Bucket: 'bucket', Key: 'k' };
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const body = randomBytes(12_000_000);
  await s3.send(new PutObjectCommand({ ...at, Body: body }));
  const reading = await s3.send(new GetObjectCommand(at));
  await s3.send(new PutObjectCommand({ ...at, Body: 'new' }));
  const read = Buffer.from((await reading.Body?.transformToByteArray()) ?? []);
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  t.equal(hash(read), hash(body));
  while ((await disk()).length > 2) await sleep(5);
});
