import type { AddressInfo, Socket } from 'node:net';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { eventually, exchangeOf, httpStore, RawClient, socketStore, startWire } from '../e2e/wire.ts';
import { freePort } from '../matrix/stores/free-port.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const PUT = ['PUT /secret/a HTTP/1.1', 'Content-Length: 4'];
const GET = ['GET /plain/a HTTP/1.1'];

/** A store that resets each connection when its `last` request comes, unless it is the first one there. */
function closesWhenReused(seen: string[]): (socket: Socket) => void {
  return (socket) => {
    let requests = 0;
    socket.on('data', (chunk: Buffer) => {
      const [line = ''] = chunk.toString('latin1').split('\r\n');
      if (!line.endsWith(' HTTP/1.1')) return;
      seen.push(line.split(' ')[0] ?? '');
      requests += 1;
      if (requests > 1) socket.resetAndDestroy();
      else if (!line.startsWith('PUT')) socket.write(OK);
      else socket.once('data', () => socket.write(OK));
    });
  };
}

t.test('a reused connection that is reset: a request without a body goes once more', async (t) => {
  const seen: string[] = [];
  const { port, sockets } = { ...(await socketStore(t, closesWhenReused(seen))) };
  const wire = await startWire(t, { port });
  t.match(await exchangeOf(t, wire.port, GET), /^HTTP\/1\.1 200 [\s\S]*ok$/);
  t.match(await exchangeOf(t, wire.port, GET), /^HTTP\/1\.1 200 [\s\S]*ok$/);
  t.same(seen, ['GET', 'GET', 'GET'], 'the store saw the second one twice');
  t.equal(sockets.length, 2);
});

t.test('a reused connection that is reset: a request with a body gets 503', async (t) => {
  const seen: string[] = [];
  const wire = await startWire(t, await socketStore(t, closesWhenReused(seen)));
  t.match(await exchangeOf(t, wire.port, GET), /^HTTP\/1\.1 200 /);
  const answer = await exchangeOf(t, wire.port, PUT, 'body');
  t.match(answer, /^HTTP\/1\.1 503 [\s\S]*<Code>ServiceUnavailable<\/Code><Message>[^<]+<\/Message>/);
  t.same(seen, ['GET', 'PUT'], 'the body was sent once');
});

for (const method of ['GET', 'HEAD'])
  t.test(`a connection that is reset behind the body of a ${method}: it gets 503`, async (t) => {
    const { port, sockets } = await socketStore(t, (socket) => {
      socket.on('data', (chunk) => {
        if (chunk.toString('latin1').endsWith('body')) socket.resetAndDestroy();
      });
    });
    const wire = await startWire(t, { port });
    const answer = await exchangeOf(
      t,
      wire.port,
      [`${method} /plain/a HTTP/1.1`, 'Content-Length: 4'],
      'body',
    );
    t.match(answer, /^HTTP\/1\.1 503 /);
    t.equal(sockets.length, 1, 'the body was sent once');
  });

t.test('a store that resets every connection', async (t) => {
  const { port, sockets } = await socketStore(t, (socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const wire = await startWire(t, { port });
  t.match(await exchangeOf(t, wire.port, GET), /^HTTP\/1\.1 503 [\s\S]*<Code>ServiceUnavailable</);
  t.equal(sockets.length, 2, 'once more, and no more');
});

t.test('a store that refuses connections', async (t) => {
  const port = Number(await freePort());
  const wire = await startWire(t, { port });
  for (const [lines, body] of [
    [GET, ''],
    [PUT, 'body'],
  ] as const) {
    const answer = await exchangeOf(t, wire.port, lines, body);
    t.match(answer, /^HTTP\/1\.1 503 [\s\S]*<Code>SlowDown<\/Code><Message>[^<]+<\/Message>/);
    t.notMatch(answer, String(port), 'the answer does not tell where the store is');
  }
  await eventually(() => wire.log.length > 0);
  t.match(wire.log[0], { code: 'SlowDown', cause: /ECONNREFUSED/ });
});

t.test('a store that does not finish the handshake in time', async (t) => {
  const { ca } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const { port } = await socketStore(t, (socket) => socket.resume());
  const wire = await startWire(t, { port, ca, timeouts: { connect: 100 } });
  t.match(await exchangeOf(t, wire.port, GET), /^HTTP\/1\.1 503 [\s\S]*<Code>SlowDown</);
  await eventually(() => wire.log.length > 0);
  t.match(wire.log[0], { cause: 'no connection in time' });
});

t.test('a store whose certificate nobody vouches for', async (t) => {
  const { ca } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const { createServer } = await import('node:https');
  const server = createServer(await makeCertificates({ names: [], addresses: ['127.0.0.1'] }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const wire = await startWire(t, { port, ca });
  t.match(await exchangeOf(t, wire.port, GET), /^HTTP\/1\.1 503 [\s\S]*<Code>SlowDown</);
  await eventually(() => wire.log.length > 0);
  t.match(wire.log[0], { cause: /CERT|SIGNATURE/ });
});

t.test('a store that does not answer in time', async (t) => {
  const store = await httpStore(t, (request) => request.resume());
  const wire = await startWire(t, { ...store, timeouts: { headers: 100 } });
  t.match(await exchangeOf(t, wire.port, GET), /^HTTP\/1\.1 503 [\s\S]*<Code>ServiceUnavailable</);
  await eventually(() => store.requests.length > 0);
  t.equal(store.requests.length, 1, 'a request that may be under way is not sent again');
  t.match(await exchangeOf(t, wire.port, PUT, 'body'), /^HTTP\/1\.1 503 [\s\S]*<Code>ServiceUnavailable</);
  await eventually(() => wire.log.length > 1);
  t.match(wire.log[1], { code: 'ServiceUnavailable', cause: /silent/ });
});

t.test('an upload in which the client falls silent', async (t) => {
  const store = await httpStore(t, (request) => request.on('error', () => undefined).resume());
  const wire = await startWire(t, { ...store, more: 'timeouts: { body: 100ms }' });
  const client = new RawClient(t, wire.port).send(['PUT /secret/a HTTP/1.1', 'Content-Length: 1000']);
  // It goes on until the store has heard of it, whenever that is.
  const sending = setInterval(() => client.socket.write('a'), 20);
  t.teardown(() => clearInterval(sending));
  await eventually(() => store.requests.length > 0);
  clearInterval(sending);
  t.match(await client.until(/<\/Error>/), /^HTTP\/1\.1 400 [\s\S]*<Code>RequestTimeout</);
  await eventually(() => store.requests[0]?.destroyed === true);
  t.equal(store.requests[0]?.destroyed, true, 'the store is not left waiting');
});

t.test('a download in which the store falls silent', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half');
  });
  const wire = await startWire(t, { ...store, timeouts: { idle: 100 } });
  const client = new RawClient(t, wire.port).send(GET);
  await client.closed;
  t.match(client.received, /half$/, 'the client sees that it ends too soon');
  await eventually(() => wire.log.length > 0);
  t.match(wire.log, [{ code: 'Truncated' }]);
});

t.test('an answer that is not HTTP', async (t) => {
  const { port } = await socketStore(t, (socket) => {
    socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
  });
  const wire = await startWire(t, { port });
  t.match(await exchangeOf(t, wire.port, PUT, 'body'), /^HTTP\/1\.1 503 [\s\S]*<Code>ServiceUnavailable</);
});
