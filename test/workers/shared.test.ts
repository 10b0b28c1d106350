import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { httpStore } from '../e2e/wire.ts';
import { type Crew, startCrew, toBoth, until } from './stand.ts';

const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';

const INITIATED = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';

/** Keeps what it gets in plain, and echoes no key, in the objects that are not the proxy's own. */
const plainStore: RequestListener = (request, response) => {
  const open = request.method === 'HEAD' && request.headers[`${SSEC_PREFIX}key`] === undefined;
  if (request.url?.includes('object') === true)
    for (const name of ['algorithm', 'key-md5']) response.removeHeader(SSEC_PREFIX + name);
  request
    .resume()
    .once('end', () => response.writeHead(open ? 400 : 200).end(request.method === 'POST' ? INITIATED : ''));
};

t.test('what one worker distrusts, all do, before its client has the answer', async (t) => {
  // No probe passes: the bucket stays closed.
  const store = await httpStore(t, (request, response) => {
    for (const name of ['algorithm', 'key-md5']) response.removeHeader(SSEC_PREFIX + name);
    request.resume().once('end', () => response.end());
  });
  const crew = await startCrew(t, store.port);
  const { one, two } = await toBoth(t, crew);
  t.equal((await one('PUT', '/secret/object', 'plaintext')).status, 500);
  t.equal((await two('PUT', '/secret/other', 'plaintext')).status, 503, 'by the other worker, at once');
  t.equal((await one('PUT', '/secret/other', 'plaintext')).status, 503);
  const written = () =>
    store.requests.filter(({ method, url }) => method === 'PUT' && !url?.includes('probe'));
  t.equal(written().length, 1);
  t.equal(await crew.metric('ssec_proxy_distrusted_buckets'), 1, 'one bucket, whoever counts');
  t.equal(await crew.metric('ssec_proxy_unproven_writes_total'), 1);

  const pids = crew.workers();
  for (const pid of pids.values()) process.kill(pid, 'SIGKILL');
  await until(async () => (await crew.metric('ssec_proxy_worker_ends_total')) === 2);
  // The bucket is still distrusted, and that is told.
  await until(async () => /^ready; degraded: (?!not all workers)/.test(await crew.admin('readyz')));
  const replaced = await toBoth(t, crew);
  for (const ask of [replaced.one, replaced.two])
    t.equal((await ask('PUT', '/secret/other', 'plaintext')).status, 503, 'new workers know of it');
  t.equal(written().length, 1);
});

t.test('a bucket is probed by one worker, and free for all when the probe has passed', async (t) => {
  const store = await httpStore(t, plainStore);
  const crew = await startCrew(t, store.port);
  const { one, two } = await toBoth(t, crew);
  t.equal((await one('PUT', '/secret/object', 'plaintext')).status, 500);
  await until(async () => crew.lines().some(({ msg }) => msg === 'probe of a distrusted bucket'));
  for (const ask of [one, two])
    t.equal((await ask('PUT', '/secret/object', 'plaintext')).status, 503, 'this operation stays closed');
  for (const ask of [one, two])
    t.equal((await ask('POST', '/secret/big?uploads=')).status, 200, 'another operation is free');
  t.equal(crew.lines().filter(({ msg }) => msg === 'probe of a distrusted bucket').length, 1);
});

t.test('a part of an upload that another worker has begun is not asked about', async (t) => {
  const questions: string[] = [];
  const store = await httpStore(t, (request, response) => {
    if (request.url?.includes('partNumber=10000')) questions.push(request.url);
    response.setHeader('etag', '"0"');
    const text = request.method === 'POST' ? INITIATED : '';
    request.resume().once('end', () => response.end(text));
  });
  const crew = await startCrew(t, store.port, {
    edit: (config) => config.replace('provider: aws', 'provider: seaweedfs'),
  });
  const { one, two } = await toBoth(t, crew);
  const begun = await one('POST', '/secret/big?uploads=');
  const id = /<UploadId>([^<]+)</.exec(begun.text)?.[1] ?? '';
  t.not(id, '');
  t.equal((await one('PUT', `/secret/big?partNumber=1&uploadId=${id}`, 'part')).status, 200);
  t.equal((await two('PUT', `/secret/big?partNumber=2&uploadId=${id}`, 'part')).status, 200);
  t.strictSame(questions, []);
});

async function secured(
  t: Parameters<typeof httpStore>[0],
  more: (folder: Crew) => Promise<void> = async () => {},
) {
  const pair = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const store = await httpStore(t, (_request, response) => void response.end('ok'));
  const crew = await startCrew(t, store.port, {
    files: { 'tls.crt': pair.cert, 'tls.pem': pair.key },
    edit: (config) =>
      config.replace(', auth: none }', ', auth: none, tls: { cert: tls.crt, key: tls.pem } }'),
  });
  await more(crew);
  /** @returns the worker that served it, a session to go on with, and whether this one was resumed */
  const ask = async (version: 'TLSv1.2' | 'TLSv1.3', session?: Buffer) => {
    const socket = tls.connect({
      port: crew.port,
      host: '127.0.0.1',
      ca: pair.ca,
      minVersion: version,
      maxVersion: version,
      ...(session && { session }),
    });
    t.teardown(() => socket.destroy());
    const given: Buffer[] = [];
    socket.on('session', (one: Buffer) => void given.push(one));
    socket.write('GET /plain/a HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    // A session that is resumed in TLS 1.2 brings no new one.
    for (let tries = 0; tries < 20 && given.length === 0; tries += 1) await pause(20);
    const id = /x-amz-request-id: (\w+)/i.exec(String(answer))?.[1] ?? '';
    return {
      worker: await crew.workerOf(id),
      session: given.at(-1) ?? session,
      resumed: socket.isSessionReused(),
      socket,
    };
  };
  return { crew, ask };
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
  t.test(`a TLS session goes on at another worker: ${version}`, async (t) => {
    const { crew, ask } = await secured(t);
    const first = await ask(version);
    t.equal(first.resumed, false);
    // The first one stays open, so that the next connection goes to the other worker.
    const second = await ask(version, first.session);
    t.equal(second.resumed, true);
    t.not(second.worker, first.worker);

    const renewed = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
    await writeFile(join(crew.folder, 'tls.crt'), renewed.cert);
    await writeFile(join(crew.folder, 'tls.pem'), renewed.key);
    crew.program.child.kill('SIGHUP');
    await crew.program.until(/"msg":"reloaded"/);
    const third = await ask(version, second.session);
    t.equal(third.resumed, true, 'with the same keys after a reload, at whichever worker');
    const lost = await ask(version, third.session);
    t.equal(lost.resumed, true);
    t.not(lost.worker, third.worker);
  });
