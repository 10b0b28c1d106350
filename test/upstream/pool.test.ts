import { lookup } from 'node:dns';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import t, { type Test } from 'tap';
import type { Connection } from '../../src/upstream/connection.ts';
import type { Needs } from '../../src/upstream/needs.ts';
import { Pool } from '../../src/upstream/pool.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { eventually } from '../e2e/wire.ts';
import { freePort } from '../matrix/stores/free-port.ts';
import { onOwnClock } from '../support/own-clock.ts';
import { snapshotOf } from '../support/snapshot.ts';

interface Stand {
  readonly pool: Pool;
  readonly upstream: Upstream;
  readonly sockets: readonly Socket[];
  readonly refused: readonly string[];
  readonly take: (
    needs?: Partial<Pick<Needs, 'fresh' | 'writes' | 'lean' | 'signal'>>,
  ) => Promise<Connection>;
}

/** A server that says nothing, and the connections to it. */
async function standOf(t: Test, settings: Partial<Upstream> = {}): Promise<Stand> {
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => void sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { upstream } = snapshotOf({
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port, ...settings },
  });
  const refused: string[] = [];
  const pool = new Pool(upstream, lookup, {
    refused: (reason) => void refused.push(reason),
    waited: () => void refused.push('waited'),
  });
  t.teardown(() => {
    pool.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { signal: never } = new AbortController();
  const take: Stand['take'] = ({ fresh = false, writes = false, lean = false, signal = never } = {}) =>
    pool.take({ upstream, host: 'store.test', fresh, writes, lean, signal });
  return { pool, upstream, sockets, refused, take };
}

/** What it is rejected with. */
function faultOf(taken: Promise<unknown>): Promise<unknown> {
  return taken.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Of what is not the subject. */
const PLENTY = { connect: 60_000, headers: 60_000, idle: 60_000, document: 60_000 };
const FEW = { connections: 2, queue: 2, wait: 60_000 };

t.test('a connection that was given back is used again, the latest first', async (t) => {
  const { pool, take } = await standOf(t);
  const [one, other] = await Promise.all([take(), take()]);
  await onOwnClock(async () => {
    pool.release(one);
    pool.release(other);
    t.equal(await take(), other);
    t.equal(await take({ writes: true }), one);
  });
  t.match(pool.figures, { open: 2, idle: 0, waiting: 0 });
});

t.test('a request that wants a new connection gets one', async (t) => {
  const { pool, take } = await standOf(t);
  const old = await take();
  pool.release(old);
  const fresh = await take({ fresh: true });
  t.not(fresh, old);
});

t.test('a write begins on no connection that has been idle for longer than a moment', async (t) => {
  const { pool, take } = await standOf(t, {
    timeouts: { ...PLENTY, keepAlive: 60_000 },
  });
  const old = await take();
  pool.release(old);
  await pause(400);
  const fresh = await take({ writes: true });
  t.not(fresh, old);
  t.equal(await take(), old, 'a read does, since it can be repeated');
});

t.test('a store that closes sooner gets writes on younger connections only', async (t) => {
  const { pool, sockets, take } = await standOf(t, {
    timeouts: { ...PLENTY, keepAlive: 60_000 },
  });
  const [one, other] = await Promise.all([take(), take()]);
  await eventually(() => sockets.length === 2);
  const released = performance.now();
  pool.release(one);
  await pause(20);
  for (const socket of sockets) if (socket.remotePort === one.socket.localPort) socket.end();
  await eventually(() => pool.figures.open === 1);
  const idleFor = performance.now() - released;
  pool.release(other);
  await pause(idleFor + 150);
  t.not(await take({ writes: true }), other);
  t.equal(await take(), other, 'a read takes it');
});

t.test('an end that has arrived is seen before a write begins', async (t) => {
  const { pool, sockets, take } = await standOf(t);
  const old = await take();
  await eventually(() => sockets.length === 1);
  pool.release(old);
  const ended = new Promise<void>((resolve) => sockets[0]?.end(() => resolve()));
  await ended;
  const next = await take({ writes: true });
  t.not(next, old);
});

t.test('bytes on an idle connection end it', async (t) => {
  const { pool, sockets, take } = await standOf(t);
  const connection = await take();
  await eventually(() => sockets.length === 1);
  pool.release(connection);
  sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi');
  await eventually(() => pool.figures.open === 0);
  t.ok(connection.socket.destroyed);
  t.not(await take(), connection);
});

t.test('an idle connection ends after its time', async (t) => {
  const { pool, take } = await standOf(t, {
    timeouts: { ...PLENTY, keepAlive: 50 },
  });
  pool.release(await take());
  await eventually(() => pool.figures.open === 0);
  t.equal(pool.figures.idle, 0);
});

t.test('above the limit requests wait in turn, and get what others give back', async (t) => {
  const { pool, sockets, take } = await standOf(t, { limits: FEW });
  const [one, other] = await Promise.all([take(), take()]);
  const got: string[] = [];
  const third = take().then((connection) => {
    got.push('third');
    return connection;
  });
  const fourth = take({ fresh: true }).then((connection) => {
    got.push('fourth');
    return connection;
  });
  await eventually(() => pool.figures.waiting === 2);
  pool.release(one);
  t.equal(await third, one);
  other.destroy();
  t.notOk([one, other].includes(await fourth));
  t.same(got, ['third', 'fourth']);
  await eventually(() => sockets.length === 3);
  t.equal(pool.figures.open, 2);
});

t.test('who wants a lean connection gets one, and at the limit what there is', async (t) => {
  const { pool, take } = await standOf(t, { limits: FEW });
  const one = await take();
  pool.release(one);
  const lean = await take({ lean: true });
  t.ok(lean.lean, 'there is room for another');
  t.equal(await take({ lean: true }), one);
  const next = take({ lean: true });
  await eventually(() => pool.figures.waiting === 1);
  pool.release(one);
  t.equal(await next, one, 'also who has waited');
  pool.release(one);
  pool.release(lean);
  t.equal(await take({ lean: true }), lean, 'a lean one first');
});

t.test('a full queue refuses at once, and a wait has an end', async (t) => {
  const { pool, refused, take } = await standOf(t, { limits: { ...FEW, wait: 100 } });
  await Promise.all([take(), take()]);
  // Their faults are taken from the start: nobody says how soon this process comes back to them.
  const waiting = Promise.all([faultOf(take()), faultOf(take())]);
  const tooMany = await faultOf(take());
  t.match(tooMany, { fault: 'busy', message: /^all connections to the store are in use, and as many/ });
  t.same(refused, ['waited', 'waited', 'queue']);
  for (const fault of await waiting) t.match(fault, { fault: 'busy', message: /were in use for too long$/ });
  t.same(refused, ['waited', 'waited', 'queue', 'wait', 'wait']);
  t.equal(pool.figures.waiting, 0);
});

t.test('a client that leaves the queue gives its place up', async (t) => {
  const { pool, take } = await standOf(t, { limits: FEW });
  const [one] = await Promise.all([take(), take()]);
  const leaving = new AbortController();
  const left = take({ signal: leaving.signal });
  const next = take();
  await eventually(() => pool.figures.waiting === 2);
  leaving.abort();
  t.match(await faultOf(left), { fault: 'client-left' });
  pool.release(one);
  t.equal(await next, one);
});

t.test('a client that leaves while its connection is opened leaves none behind', async (t) => {
  const { pool, take } = await standOf(t);
  const leaving = new AbortController();
  const left = take({ signal: leaving.signal });
  await Promise.resolve();
  leaving.abort();
  t.match(await faultOf(left), { fault: 'client-left' });
  await eventually(() => pool.figures.open === 0);
  t.notOk(pool.figures.outage);
});

t.test('other limits hold at once', async (t) => {
  const { pool, upstream, take } = await standOf(t, { limits: FEW });
  await Promise.all([take(), take()]);
  const third = take();
  await eventually(() => pool.figures.waiting === 1);
  pool.follow({ ...upstream, limits: { ...FEW, connections: 3 } });
  t.ok(await third);
  t.equal(pool.figures.most, 3);
});

t.test(
  'a store that refuses connections is left alone, and a place that was promised is free again',
  async (t) => {
    const port = Number(await freePort());
    const { pool, refused, take } = await standOf(t, { port, limits: FEW });
    await onOwnClock(async ({ pass }) => {
      for (let i = 0; i < 5; i += 1) t.match(await faultOf(take()), { fault: 'unreachable' });
      t.ok(pool.figures.outage);
      t.match(await faultOf(take()), { fault: 'outage', message: /ECONNREFUSED/ });
      t.same(refused, ['outage']);
      t.match(pool.figures, { open: 0, waiting: 0 });
      await pass(1100);
      t.match(await faultOf(take()), { fault: 'unreachable' }, 'one tries it');
      t.match(await faultOf(take()), { fault: 'outage' });
    });
  },
);

t.test('lower limits close idle connections at once, and others when they are given back', async (t) => {
  const { pool, upstream, take } = await standOf(t, { limits: { ...FEW, connections: 5 } });
  const taken = await Promise.all([take(), take(), take(), take(), take()]);
  const [one, two, three, ...rest] = taken as [Connection, Connection, Connection, ...Connection[]];
  for (const idle of rest) pool.release(idle);
  pool.follow({ ...upstream, limits: { ...FEW, connections: 4 } });
  t.match(pool.figures, { open: 4, idle: 1 });
  pool.follow({ ...upstream, limits: { ...FEW, connections: 1 } });
  t.match(pool.figures, { open: 3, idle: 0 }, 'those in use stay');
  const waiting = take();
  pool.release(one);
  pool.release(two);
  await eventually(() => pool.figures.open === 1);
  t.equal(pool.figures.waiting, 1);
  pool.release(three);
  t.equal(await waiting, three, 'the last one serves who waits');
});

t.test('what is retired keeps nothing', async (t) => {
  const { pool, take } = await standOf(t);
  const [idle, busy] = await Promise.all([take(), take()]);
  pool.release(idle);
  pool.retire();
  t.ok(idle.socket.destroyed);
  t.notOk(busy.socket.destroyed);
  pool.release(busy);
  t.ok(busy.socket.destroyed);
});

t.test('all connections over TLS share whom they trust', async (t) => {
  const made = t.capture(tls, 'createSecureContext', tls.createSecureContext);
  const { take, sockets } = await standOf(t, {
    protocol: 'https:',
    timeouts: { ...PLENTY, keepAlive: 60_000, connect: 500 },
  });
  const faults = await Promise.all([faultOf(take()), faultOf(take())]);
  t.match(faults, [{ fault: 'connect-timeout' }, { fault: 'connect-timeout' }]);
  await eventually(() => sockets.length >= 2);
  t.equal(sockets.length, 2);
  t.strictSame(
    made().map(({ args }) => args[0]?.minVersion),
    ['TLSv1.2'],
  );
});
