import { getEventListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import type { Attempt } from '../../src/upstream/attempt.ts';
import { poolOf } from '../../src/upstream/connections.ts';
import { forward } from '../../src/upstream/forward.ts';
import { loadTransport } from '../../src/upstream/transports.ts';
import type { TransportName } from '../../src/upstream/upstream.ts';
import { eventually, httpStore, socketStore } from '../e2e/wire.ts';
import { snapshotOf } from '../support/snapshot.ts';

function standOn(t: Test, port: number, transport: TransportName = 'direct') {
  const { upstream } = snapshotOf({
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port, transport },
  });
  const pool = poolOf(upstream);
  t.teardown(() => pool.destroy());
  const { signal } = new AbortController();
  const send = (more: Partial<Attempt> = {}) =>
    forward(
      {
        upstream,
        method: 'GET',
        path: '/',
        headers: { host: 'h' },
        body: undefined,
        fresh: false,
        signal,
        ...more,
      },
      pool,
    );
  return { pool, send };
}

async function standOf(t: Test, answer: RequestListener) {
  const store = await httpStore(t, answer);
  return { ...standOn(t, store.port), store };
}

function bodyOf(bytes: Buffer): Pick<Attempt, 'body' | 'method'> {
  const stream = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
  return { method: 'PUT', body: { stream, begin: () => {} } };
}

for (const closes of [true, false]) {
  t.test(
    `nothing listens on for a request that is done, where the store ${closes ? 'closes' : 'keeps'} its connection`,
    async (t) => {
      const { pool, send } = await standOf(t, (_request, response) => {
        if (closes) response.setHeader('connection', 'close');
        response.end('ok');
      });
      const { signal } = new AbortController();
      for (let i = 0; i < 5; i += 1) {
        const { response } = await send({ signal });
        await new Promise((resolve) => response.once('close', resolve).resume());
      }
      await eventually(() => pool.figures.open - pool.figures.idle === 0);
      t.equal(getEventListeners(signal, 'abort').length, 0);
      t.equal(pool.figures.open, closes ? 0 : 1);
    },
  );
}

t.test('a connection on which a large body was refused carries no other request', async (t) => {
  const { pool, send, store } = await standOf(t, (request, response) => {
    request.resume().on('end', () => response.writeHead(403, { 'content-length': 0 }).end());
  });
  for (let i = 0; i < 3; i += 1) {
    const { response } = await send(bodyOf(Buffer.alloc(200_000)));
    await new Promise((resolve) => response.once('close', resolve).resume());
    t.equal(pool.figures.idle, 0);
  }
  t.equal(new Set(store.requests.map(({ socket }) => socket)).size, 3);
});

t.test('an empty body that was ended is sent, and is not sent again', async (t) => {
  const { port } = await socketStore(t, (socket) => {
    socket.once('data', () => setTimeout(() => socket.resetAndDestroy(), 50));
  });
  const { send } = standOn(t, port);
  await t.rejects(send(bodyOf(Buffer.of())), { fault: 'reset', untouched: false } as never);
});

t.test('a client that is gone when its turn comes asks the store nothing', async (t) => {
  const { pool, send, store } = await standOf(t, (_request, response) => response.end());
  const leaving = new AbortController();
  const left = send({ method: 'DELETE', signal: leaving.signal });
  queueMicrotask(() => leaving.abort());
  await t.rejects(left, { fault: 'client-left' } as never);
  t.equal(store.requests.length, 0);
  await eventually(() => pool.figures.open === pool.figures.idle);
});

t.test(
  'an answer to all that was announced is none that came early, though the stream has not ended',
  async (t) => {
    const { pool, send } = await standOf(t, (request, response) => {
      request.resume().on('end', () => response.end('ok'));
    });
    const stream = new Readable({ read: () => {} });
    stream.push('hello');
    const { response } = await send({
      method: 'PUT',
      headers: { host: 'h', 'content-length': '5' },
      body: { stream, begin: () => {} },
    });
    t.equal(response.statusCode, 200);
    stream.push(null);
    await new Promise((resolve) => response.once('close', resolve).resume());
    await eventually(() => pool.figures.idle === 1);
  },
);

for (const transport of ['direct', 'http-proxy'] as const)
  for (const announced of [4, 6])
    t.test(`over ${transport} a body of 5 bytes instead of ${announced} ends its connection`, async (t) => {
      await loadTransport(transport);
      const { port, sockets } = await socketStore(t, (socket) => {
        // As soon as the head is there: who waits for the rest of a body would take the next request for it.
        socket.once('data', () => socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'));
      });
      const { pool, send } = standOn(t, port, transport);
      const pieces = [Buffer.from('he'), Buffer.from('llo')];
      const stream = new Readable({ read: () => {} });
      const begin = (): void => {
        for (const piece of [...pieces, null]) stream.push(piece);
      };
      const headers = { host: 'h', 'content-length': String(announced) };
      await t.rejects(send({ method: 'PUT', headers, body: { stream, begin } }), TypeError);
      await eventually(() => pool.figures.open === 0);
      t.equal(sockets.length, 1);
    });
