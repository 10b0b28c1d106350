import { once } from 'node:events';
import net, { type AddressInfo, Socket } from 'node:net';
import t from 'tap';
import { breakConnection, endOf, endsConnection, isEnding } from '../../src/listener/ending.ts';
import { listen } from '../../src/listener/listen.ts';
import { eventually, RawClient } from '../e2e/wire.ts';

const PLAIN = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  auth: 'none',
  permissions: { admin: false, grants: [] },
} as const;

t.test('a connection ends when that was said of it, and no other does', async (t) => {
  const [one, other] = [new Socket(), new Socket()];
  t.equal(isEnding(one), false);
  endsConnection(one);
  t.equal(isEnding(one), true);
  t.equal(isEnding(other), false);
});

t.test('a connection that is broken closes, also when it was ending, and it is known how', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  t.teardown(() => void server.close());
  await once(server, 'listening');
  for (const ends of [false, true]) {
    const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
    const [socket] = (await once(server, 'connection')) as [Socket];
    t.equal(endOf(socket), undefined);
    if (ends) socket.end('last');
    const closed = once(socket, 'close');
    breakConnection(socket, { code: 'Drained', cause: 'a test' });
    await closed;
    t.match(endOf(socket), { code: 'Drained' });
    client.destroy();
  }
});

t.test('what comes on a connection that ends is not a request', async (t) => {
  const seen: string[] = [];
  const listener = await listen(PLAIN, (request, response) => {
    seen.push(request.url ?? '');
    if (request.url === '/last') endsConnection(request.socket);
    else response.end('ok');
  });
  t.teardown(() => listener.drain(0));
  const client = new RawClient(t, listener.port).send(['GET /1 HTTP/1.1']);
  await client.until(/ok$/);
  client.send(['GET /last HTTP/1.1']);
  await eventually(() => seen.length === 2);
  client.send(['GET /behind HTTP/1.1']);
  const other = new RawClient(t, listener.port).send(['GET /other HTTP/1.1']);
  await other.until(/ok$/);
  t.same(seen, ['/1', '/last', '/other']);
});

t.test('an answer that ends the connection arrives whole, whatever its body turns out to be', async (t) => {
  const listener = await listen(PLAIN, (request, response) => {
    endsConnection(request.socket);
    response.writeHead(411, { connection: 'close', 'content-length': 4 }).write('told');
    request.resume().once('close', () => response.end());
  });
  t.teardown(() => listener.drain(0));
  for (const chunks of ['0\r\n\r\n', 'xyz\r\n', '4\r\nbodybody']) {
    const client = new RawClient(t, listener.port).send(
      ['PUT / HTTP/1.1', 'Transfer-Encoding: chunked'],
      chunks,
    );
    await client.closed;
    t.match(client.received, /^HTTP\/1\.1 411 .*told$/s, JSON.stringify(chunks));
  }
});

t.test('a tunnel is refused in words', async (t) => {
  const listener = await listen(PLAIN, (_request, response) => response.end('ok'));
  t.teardown(() => listener.drain(0));
  const client = new RawClient(t, listener.port).send(['CONNECT 127.0.0.1:80 HTTP/1.1']);
  await client.closed;
  t.match(client.received, /^HTTP\/1\.1 400 .*<Code>BadRequest</s);
});
