import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { CLIENT_LIMITS, CLIENT_TIMEOUTS } from '../../src/listener/bounds.ts';
import { ClientConnections } from '../../src/listener/connections.ts';
import type { Handler } from '../../src/listener/handler.ts';
import { listen } from '../../src/listener/listen.ts';
import { Load, overloadOf } from '../../src/listener/load.ts';
import { remoteOf } from '../../src/listener/remote.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { eventually, RawClient } from '../e2e/wire.ts';
import { binaryHeader, FAMILY } from '../support/proxy-headers.ts';

const FRONT = { proxyProtocol: true, forwardedFor: false, trusted: ['127.0.0.0/8'] };
const BEHIND: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  front: FRONT,
  auth: 'none',
  permissions: { admin: false, grants: [] },
};
/** Says whose request it is. */
const whose: Handler = (request, response) => {
  response.setHeader('connection', 'close');
  request.resume().once('end', () => response.end(`from ${remoteOf(request.socket).address}`));
};
const TEXT = Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n');
const BINARY = binaryHeader({
  family: FAMILY.ipv6,
  address: '2001:db8::7',
  more: Buffer.from('ee000161', 'hex'),
});
const REQUEST = Buffer.from('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody');

async function behind(t: Test, settings: Partial<ListenerSettings> = {}, timeouts = CLIENT_TIMEOUTS) {
  const load = new Load({ timeouts });
  const listener = await listen({ ...BEHIND, ...settings }, whose, new ClientConnections(load));
  t.teardown(() => listener.drain(0));
  return { load, listener, port: listener.port };
}

/** All that comes back for these pieces, each of which is sent by itself. */
async function exchange(t: Test, port: number, pieces: readonly Buffer[]): Promise<string> {
  const { socket } = new RawClient(t, port);
  socket.setNoDelay(true);
  let got = '';
  socket.on('data', (bytes: Buffer) => (got += bytes.toString('latin1')));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  return got;
}

const byteByByte = (bytes: Buffer): Buffer[] => [...bytes].map((byte) => Buffer.from([byte]));

t.test('the client is whom the header names, however it is cut', async (t) => {
  const { port, load } = await behind(t);
  for (const [header, client] of [
    [TEXT, '192.0.2.7'],
    [BINARY, '2001:db8::7'],
  ] as const)
    for (const pieces of [
      [Buffer.concat([header, REQUEST])],
      [header, REQUEST],
      byteByByte(Buffer.concat([header, REQUEST])),
      [
        header.subarray(0, 9),
        Buffer.concat([header.subarray(9), REQUEST.subarray(0, 9)]),
        REQUEST.subarray(9),
      ],
    ])
      t.equal((await exchange(t, port, pieces)).split('\r\n\r\n').at(-1), `from ${client}`);
  for (const own of [Buffer.from('PROXY UNKNOWN\r\n'), binaryHeader({ command: 0x20, family: 0 })])
    t.match(await exchange(t, port, [own, REQUEST]), /from 127\.0\.0\.1$/);
  await eventually(() => load.connections === 0);
});

t.test('the header of a connection is for all of its requests', async (t) => {
  const listener = await listen(BEHIND, (request, response) =>
    response.end(`from ${remoteOf(request.socket).address};`),
  );
  t.teardown(() => listener.drain(0));
  const client = new RawClient(t, listener.port);
  client.socket.write(TEXT);
  client.send(['GET /1 HTTP/1.1']);
  await client.until(/from 192\.0\.2\.7;$/);
  client.send(['GET /2 HTTP/1.1']);
  await client.until(/from 192\.0\.2\.7;[\s\S]*from 192\.0\.2\.7;$/);
});

t.test('the header comes before the handshake', async (t) => {
  const pair = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const { port } = await behind(t, { tls: pair });
  for (const cut of [false, true]) {
    const raw = net.connect(port, '127.0.0.1');
    await once(raw, 'connect');
    raw.setNoDelay(true);
    for (const piece of cut ? byteByByte(BINARY) : [BINARY]) {
      raw.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const socket = tls.connect({ socket: raw, ca: pair.ca, servername: 'localhost' });
    t.teardown(() => socket.destroy());
    socket.write(REQUEST);
    let got = '';
    socket.on('data', (bytes: Buffer) => (got += bytes.toString('latin1')));
    await once(socket, 'close');
    t.match(got, /from 2001:db8::7$/);
  }
});

t.test('a hello in the same piece as the header is not lost', async (t) => {
  const pair = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const { port } = await behind(t, { tls: pair });
  // Holds back what is sent until the hello is there too.
  const relay = net.createServer((client) => {
    const server = net.connect(port, '127.0.0.1');
    client.on('error', () => {});
    server.on('error', () => {});
    client.once('data', (hello: Buffer) => {
      server.write(Buffer.concat([TEXT, hello]));
      client.pipe(server);
      server.pipe(client);
    });
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  t.teardown(() => relay.close());
  const socket = tls.connect({ port: (relay.address() as AddressInfo).port, host: '127.0.0.1', ca: pair.ca });
  t.teardown(() => socket.destroy());
  socket.write(REQUEST);
  let got = '';
  socket.on('data', (bytes: Buffer) => (got += bytes.toString('latin1')));
  await once(socket, 'close');
  t.match(got, /from 192\.0\.2\.7$/);
});

t.test('a connection without a valid header is closed without a word, and counted', async (t) => {
  const { port, load } = await behind(t);
  const garbage = [REQUEST, Buffer.from('\x16\x03\x01\x02\x00'), Buffer.alloc(100_000, 0x50)];
  for (const bytes of [
    ...garbage,
    Buffer.from('PROXY TCP4 a b c d\r\n'),
    Buffer.from(`PROXY UNKNOWN ${'x'.repeat(200)}`),
  ])
    t.equal(await exchange(t, port, [bytes]), '');
  t.equal(load.fronts.count('malformed'), 5);
  t.equal(load.fronts.count('untrusted'), 0);
  await eventually(() => load.connections === 0);
});

t.test('a connection from an address that is not trusted is closed, whatever it says', async (t) => {
  const { port, load } = await behind(t, { front: { ...FRONT, trusted: ['192.0.2.0/24', '::1'] } });
  t.equal(await exchange(t, port, [TEXT, REQUEST]), '');
  t.equal(await exchange(t, port, [REQUEST]), '');
  t.equal(load.fronts.count('untrusted'), 2);
});

t.test('a connection that is reset before anybody asked whose it is names nobody', async (t) => {
  for (const [front, head] of [
    [{ ...FRONT, trusted: ['192.0.2.0/24'] }, 'PROXY TCP4 192.0.2.7 198.51.100.1 1 2\r\n'],
    [{ ...FRONT, proxyProtocol: false, forwardedFor: true, trusted: ['192.0.2.0/24'] }, ''],
  ] as const) {
    const load = new Load();
    const served: unknown[] = [];
    const listener = await listen(
      { ...BEHIND, front },
      (request, response) => {
        served.push(request.url);
        response.end();
      },
      new ClientConnections(load),
    );
    resetUnseen(listener.port, `${head}GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.7\r\n\r\n`);
    // Behind those that were reset.
    const last = new RawClient(t, listener.port);
    last.socket.end();
    await last.closed;
    await eventually(() => load.connections === 0);
    t.same(served, [], JSON.stringify(front));
    await listener.drain(0);
  }
});

/** Another thread sends this on several connections and resets them, while this one accepts none. */
function resetUnseen(port: number, text: string): void {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const resetting = new Worker(RESETS, { eval: true, workerData: { port, text, done } });
  Atomics.wait(done, 0, 0, 10_000);
  void resetting.terminate();
}

const RESETS = `
  const net = require('node:net');
  const { port, text, done } = require('node:worker_threads').workerData;
  let open = 8;
  for (let left = open; left > 0; left -= 1) {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text, () => socket.resetAndDestroy()));
    socket.on('close', () => {
      open -= 1;
      if (open > 0) return;
      Atomics.store(done, 0, 1);
      Atomics.notify(done, 0);
    });
  }
`;

t.test('a connection that ends in its header is closed; one that says nothing is a probe', async (t) => {
  const { port, load } = await behind(t);
  new RawClient(t, port).socket.end();
  await eventually(() => load.connections === 0);
  t.equal(load.fronts.count('cut'), 0);
  new RawClient(t, port).socket.end(TEXT.subarray(0, 20));
  await eventually(() => load.fronts.count('cut') === 1 && load.connections === 0);
});

t.test('a header has the time of the first head, or of the handshake', async (t) => {
  const pair = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  for (const [settings, phase] of [
    [{}, 'head'],
    [{ tls: pair }, 'handshake'],
  ] as const) {
    const { port, load } = await behind(t, settings, { ...CLIENT_TIMEOUTS, head: 100, handshake: 100 });
    const client = new RawClient(t, port);
    client.socket.write(TEXT.subarray(0, 20));
    await client.closed;
    t.equal(load.timeoutsOf(phase), 1);
  }
});

t.test('at the limit of connections, a refusal in words comes behind the header', async (t) => {
  const load = new Load({ limits: { ...CLIENT_LIMITS, connections: 1 } });
  const listener = await listen(
    BEHIND,
    (request, response) => response.end(`refused for ${overloadOf(request)}`),
    new ClientConnections(load),
  );
  t.teardown(() => listener.drain(0));
  const first = new RawClient(t, listener.port);
  await eventually(() => load.connections === 1);
  const second = new RawClient(t, listener.port);
  second.socket.write(Buffer.concat([TEXT, REQUEST]));
  await second.until(/refused for connections$/);
  first.socket.destroy();
});

t.test('a listener takes another front from the next connection on', async (t) => {
  const { port, listener } = await behind(t, { front: undefined });
  t.match(await exchange(t, port, [REQUEST]), /from 127\.0\.0\.1$/);
  listener.setFront(FRONT);
  t.match(await exchange(t, port, [TEXT, REQUEST]), /from 192\.0\.2\.7$/);
  listener.setFront({ ...FRONT, proxyProtocol: false });
  t.match(await exchange(t, port, [REQUEST]), /from 127\.0\.0\.1$/);
});

t.test('a connection that another process has accepted has its header too', async (t) => {
  const load = new Load();
  const listener = await listen(BEHIND, whose, new ClientConnections(load), { handedOver: true });
  const master = net.createServer({ pauseOnConnect: true }, (socket) => {
    listener.accept(socket);
    socket.resume();
  });
  master.listen(0, '127.0.0.1');
  await once(master, 'listening');
  t.teardown(async () => {
    master.close();
    await listener.drain(0);
  });
  const { port } = master.address() as AddressInfo;
  t.match(await exchange(t, port, [Buffer.concat([TEXT, REQUEST])]), /from 192\.0\.2\.7$/);
  t.match(await exchange(t, port, byteByByte(Buffer.concat([BINARY, REQUEST]))), /from 2001:db8::7$/);
});
