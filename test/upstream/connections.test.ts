import https from 'node:https';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { collectGarbage } from '../../src/garbage.ts';
import { Connections } from '../../src/upstream/connections.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { eventually, exchangeOf, httpStore, startWire } from '../e2e/wire.ts';
import { snapshotOf } from '../support/snapshot.ts';

const GET = ['GET /plain/a HTTP/1.1'];

t.test('keeps a connection to the store for the next request', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  let connections = 0;
  store.server.on('connection', () => {
    connections += 1;
  });
  const { port } = await startWire(t, store);
  for (let i = 0; i < 3; i += 1) t.match(await exchangeOf(t, port, GET), /^HTTP\/1\.1 200 /);
  t.equal(connections, 1);
});

t.test('lets an idle connection go before the store does', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  const { port } = await startWire(t, { ...store, timeouts: { keepAlive: 50 } });
  t.match(await exchangeOf(t, port, GET), /^HTTP\/1\.1 200 /);
  const socket = store.requests[0]?.socket;
  await eventually(() => socket?.destroyed === true);
  t.equal(socket?.destroyed, true);
});

t.test('the time for an idle connection does not end a slow answer', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    setTimeout(() => response.end('late'), 300);
  });
  const { port } = await startWire(t, { ...store, timeouts: { keepAlive: 50 } });
  t.match(await exchangeOf(t, port, GET), /late$/);
});

t.test('a discarded connection does not stop others', async (t) => {
  const store = await httpStore(t, (request, response) => {
    if (store.requests.length === 1) request.socket.destroy();
    else response.end('ok');
  });
  const { port } = await startWire(t, store);
  t.match(await exchangeOf(t, port, GET), /ok$/);
});

t.test('trusts the authority of the config, and checks the name', async (t) => {
  const good = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const other = await makeCertificates({ names: ['elsewhere.test'], addresses: [] });
  for (const [certificates, status] of [
    [good, 200],
    [other, 503],
  ] as const) {
    const server = https.createServer(certificates, (_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const store = { port: (server.address() as AddressInfo).port, ca: certificates.ca };
    const { port } = await startWire(t, store);
    t.match(await exchangeOf(t, port, GET), new RegExp(`^HTTP/1\\.1 ${status} `));
  }
});

t.test('an upstream that stays keeps its connections, another one gets its own', async (t) => {
  const { upstream } = snapshotOf();
  const elsewhere = { ...upstream, hostname: 'elsewhere.example.org' };
  const before = new Connections([upstream]);
  const again = { ...upstream };
  const after = before.succeed([again, elsewhere]);
  t.teardown(() => after.destroy());
  t.equal(after.of(again), before.of(upstream));
  t.not(after.of(elsewhere), after.of(again));
  t.throws(() => after.of(upstream), /no connections to/, 'an upstream of the snapshot before');
  t.equal(after.succeed([again]).of(again), before.of(upstream));
  const renamed = { ...upstream, name: 'upstreams.archive' };
  t.not(before.succeed([renamed]).of(renamed), before.of(upstream), 'those are counted under another name');
});

t.test('what an upstream was before is let go of when its connections go on to the next', async (t) => {
  const { port } = await httpStore(t, (_request, response) => response.end('ok'));
  const reloaded = async (): Promise<{ before: WeakRef<Upstream>; after: Connections }> => {
    const { upstream } = snapshotOf({ upstream: { protocol: 'http:', hostname: '127.0.0.1', port } });
    const connections = new Connections([upstream]);
    const pool = connections.of(upstream);
    const { signal } = new AbortController();
    pool.release(await pool.take({ upstream, host: 'h', fresh: false, writes: false, signal }));
    return { before: new WeakRef(upstream), after: connections.succeed([{ ...upstream }]) };
  };
  const { before, after } = await reloaded();
  t.teardown(() => after.destroy());
  t.equal(after.figures()[0]?.idle, 1);
  await collectGarbage();
  t.equal(before.deref(), undefined);
});
