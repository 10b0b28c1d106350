import https from 'node:https';
import tls from 'node:tls';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import type { Handler } from '../../src/listener/handler.ts';
import { listen } from '../../src/listener/listen.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { exchangeOf, RawClient } from '../e2e/wire.ts';

const PLAIN: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  auth: 'none',
  permissions: { admin: false, grants: [] },
};
const ok: Handler = (request, response) => {
  request.resume();
  response.end('ok');
};

t.test('says where it listens', async (t) => {
  const listener = await listen(PLAIN, ok);
  t.teardown(() => listener.drain(0));
  t.equal(listener.url, `http://127.0.0.1:${listener.port}`);
  t.match(await exchangeOf(t, listener.port, ['GET / HTTP/1.1']), /^HTTP\/1\.1 200 [\s\S]*ok$/);
  await t.rejects(listen({ ...PLAIN, port: listener.port }, ok), { code: 'EADDRINUSE' });
});

t.test('speaks TLS 1.2 and 1.3, HTTP/1.1 only', async (t) => {
  const { ca, cert, key } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const listener = await listen({ ...PLAIN, tls: { cert, key } }, ok);
  t.teardown(() => listener.drain(0));
  t.match(listener.url, /^https:/);
  for (const [maxVersion, expected] of [
    ['TLSv1.3', 'TLSv1.3'],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.1', undefined],
  ] as const) {
    const options = {
      host: '127.0.0.1',
      port: listener.port,
      ca,
      maxVersion,
      minVersion: 'TLSv1' as const,
      ALPNProtocols: ['h2', 'http/1.1'],
    };
    const negotiated = await new Promise((resolve) => {
      const socket = tls.connect(options, () => {
        resolve(socket.getProtocol());
        t.equal(socket.alpnProtocol, 'http/1.1');
        socket.destroy();
      });
      socket.once('error', () => resolve(undefined));
    });
    t.equal(negotiated, expected);
  }
  const status = await new Promise((resolve, reject) => {
    https
      .get(listener.url, { ca, agent: false }, (response) => resolve(response.resume().statusCode))
      .once('error', reject);
  });
  t.equal(status, 200);
});

t.test('answers what is not HTTP as S3 does, and ends the connection', async (t) => {
  const listener = await listen(PLAIN, ok);
  t.teardown(() => listener.drain(0));
  for (const text of [
    'NOT HTTP\r\n\r\n',
    'GET / HTTP/1.1\r\nBroken header\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]) {
    const client = new RawClient(t, listener.port);
    client.socket.write(text);
    await client.closed;
    t.match(
      client.received,
      /^HTTP\/1\.1 400 [\s\S]*x-amz-request-id: ([0-9A-F]{16})\r\n[\s\S]*<Code>BadRequest<[\s\S]*<RequestId>[0-9A-F]{16}</,
    );
  }
  t.match(
    await exchangeOf(t, listener.port, ['GET / HTTP/1.1']),
    /^HTTP\/1\.1 200 /,
    'and goes on listening',
  );
});

t.test('takes no more headers than S3 does', async (t) => {
  const listener = await listen(PLAIN, ok);
  t.teardown(() => listener.drain(0));
  const header = (size: number): string => `X-Long: ${'x'.repeat(size)}`;
  t.match(await exchangeOf(t, listener.port, ['GET / HTTP/1.1', header(16_000)]), /^HTTP\/1\.1 200 /);
  t.notMatch(await exchangeOf(t, listener.port, ['GET / HTTP/1.1', header(40_000)]), /^HTTP\/1\.1 200 /);
});

t.test('counts headers before it reads them', async (t) => {
  let begun = 0;
  const listener = await listen(PLAIN, (_request, response) => {
    begun += 1;
    response.end();
  });
  t.teardown(() => listener.drain(0));
  const fields = (count: number): string[] => Array.from({ length: count }, (_, i) => `a${i}:`);
  t.match(await exchangeOf(t, listener.port, ['GET / HTTP/1.1', ...fields(2900)]), /^HTTP\/1\.1 200 /);
  const refused = await exchangeOf(t, listener.port, ['GET / HTTP/1.1', ...fields(3100)]);
  t.match(refused, /^HTTP\/1\.1 400 [\s\S]*<Code>RequestHeaderSectionTooLarge</);
  t.equal(begun, 1);
});
