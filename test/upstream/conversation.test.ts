import { getEventListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import type { Attempt } from '../../src/upstream/attempt.ts';
import { poolOf } from '../../src/upstream/connections.ts';
import { forward } from '../../src/upstream/forward.ts';
import { eventually, httpStore, socketStore } from '../e2e/wire.ts';
import { snapshotOf } from '../support/snapshot.ts';

function standOn(t: Test, port: number) {
  const { upstream } = snapshotOf({ upstream: { protocol: 'http:', hostname: '127.0.0.1', port } });
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
