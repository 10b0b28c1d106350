import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import t from 'tap';
import { eventually, exchangeOf, RawClient, startWire } from '../e2e/wire.ts';

/**
 * The body of a GET whose connection broke was half taken, and the other half went to the store behind a head that announced
 * all of it. So the request of another client on that connection was the rest of it to the store.
 */
t.test('no request of another client becomes the rest of a body', async (t) => {
  const seen: string[] = [];
  let first: Socket | undefined;
  const store = http.createServer((request, response) => {
    seen.push(request.url ?? '');
    if (request.headers['content-length'] === undefined) response.end('ok');
    else if (request.socket !== first) request.once('data', () => response.end('ok'));
    else request.once('data', () => request.socket.resetAndDestroy());
  });
  store.on('connection', (socket: Socket) => {
    first ??= socket;
  });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  t.teardown(() => {
    store.closeAllConnections();
    store.close();
  });
  const wire = await startWire(t, { port: (store.address() as AddressInfo).port });
  const half = 'x'.repeat(20);
  const head = ['GET /plain/a HTTP/1.1', 'Content-Length: 40'];
  const client = new RawClient(t, wire.port).send(head, half);
  await eventually(() => first?.destroyed === true);
  client.socket.write(half);
  t.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 503 /);
  t.match(await exchangeOf(t, wire.port, ['GET /plain/other HTTP/1.1']), /^HTTP\/1\.1 200 [\s\S]*ok$/);
  t.same(seen, ['/plain/a', '/plain/other']);
});
