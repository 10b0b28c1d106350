import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { startAdmin } from '../../src/admin/admin.ts';
import { healthRoutes } from '../../src/admin/health-routes.ts';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { eventually } from '../e2e/wire.ts';

const metrics = (): Promise<string> => Promise.resolve('ssec_proxy_requests_total 0');

const parts = (): Promise<string[]> =>
  Promise.resolve(['ok log: It is written.', 'degraded keys file: no\nanswer']);

const LOOPBACK = { host: '127.0.0.1', port: 0 };

t.test('reports liveness, and readiness for requests', async (t) => {
  let reason: string | undefined = 'starting';
  let trouble: string | undefined;
  const admin = await startAdmin(
    LOOPBACK,
    healthRoutes({ troubles: () => ({ notReady: reason, degraded: trouble }), metrics, parts }),
  );
  t.teardown(() => admin.close());
  const get = async (path: string, method = 'GET'): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${admin.port}${path}`, { method });
    return `${response.status} ${await response.text()}`.trim();
  };

  t.equal(await get('/healthz'), '200 ok');
  t.equal(await get('/readyz'), '503 starting');
  reason = undefined;
  t.equal(await get('/readyz'), '200 ready');
  t.equal(await get('/readyz', 'HEAD'), '200');
  trouble = 'vault:main: no answer';
  t.equal(await get('/readyz'), '200 ready; degraded: vault:main: no answer', 'it serves all the same');
  t.equal(
    await get('/readyz?verbose'),
    '200 ready; degraded: vault:main: no answer\nok log: It is written.\ndegraded keys file: no answer',
    'a line a part, whatever a cause has in it',
  );
  reason = 'draining';
  t.equal(await get('/readyz'), '503 draining');
  t.equal(await get('/healthz'), '200 ok', 'it lives while it drains');
  t.match(await get('/'), /^404 /);
  t.match(await get('/readyz/../secret'), /^404 /);
});

t.test('closes with its connections, and frees its port', async (t) => {
  const admin = await startAdmin(LOOPBACK, healthRoutes({ troubles: () => ({}), metrics, parts }));
  await (await fetch(`http://127.0.0.1:${admin.port}/healthz`)).text();
  await admin.close();
  await t.rejects(fetch(`http://127.0.0.1:${admin.port}/healthz`));
});

t.test('a client in the handshake does not keep it open', async (t) => {
  const tls = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const bounds = { connections: 8, patience: 60_000 };
  const admin = await startAdmin({ ...LOOPBACK, tls }, [], bounds);
  const client = net.connect(admin.port, '127.0.0.1').on('error', () => undefined);
  const ended = once(client.resume(), 'close');
  await once(client, 'connect');
  await eventually(() => admin.figures.open === 1);
  await admin.close();
  await ended;
  t.equal(admin.figures.open, 0);
});

t.test('says when its address is taken', async (t) => {
  const admin = await startAdmin(LOOPBACK, healthRoutes({ troubles: () => ({}), metrics, parts }));
  t.teardown(() => admin.close());
  await t.rejects(
    startAdmin({ ...LOOPBACK, port: admin.port }, healthRoutes({ troubles: () => ({}), metrics, parts })),
    {
      code: 'EADDRINUSE',
      message: /^admin\.address: can't listen at 127\.0\.0\.1:\d+: another program.*or set admin: off/,
    },
  );
});

/** Three clients that are never done, each at another point. */
function never(port: number) {
  const said = [
    '',
    'GET /healthz HTTP/1.1\r\nx-a',
    'POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nab',
  ];
  return said.map((text) => {
    const socket = net.connect(port, '127.0.0.1').on('error', () => {});
    const connected = once(socket, 'connect');
    socket.write(text);
    return { socket, connected, closed: once(socket.resume(), 'close') };
  });
}

t.test('has so many connections and no more', async (t) => {
  const health = { troubles: () => ({}), metrics, parts };
  // None ends by itself here, however late this process comes back to it.
  const admin = await startAdmin(LOOPBACK, healthRoutes(health), { connections: 3, patience: 60_000 });
  t.teardown(() => admin.close());
  const held = never(admin.port);
  await Promise.all(held.map(({ connected }) => connected));
  await t.rejects(fetch(`http://127.0.0.1:${admin.port}/healthz`), 'one too many');
  t.match(admin.figures, { most: 3, closed: 1 });
  for (const { socket } of held) socket.destroy();
});

t.test('each connection has its end', async (t) => {
  const health = { troubles: () => ({}), metrics, parts };
  const admin = await startAdmin(LOOPBACK, healthRoutes(health), { connections: 3, patience: 300 });
  t.teardown(() => admin.close());
  await Promise.all(never(admin.port).map(({ closed }) => closed));
  t.equal((await fetch(`http://127.0.0.1:${admin.port}/healthz`)).status, 200);
});

t.test('a connection ends with its answer, whatever comes behind it', async (t) => {
  const health = { troubles: () => ({}), metrics, parts };
  const admin = await startAdmin(LOOPBACK, healthRoutes(health), { connections: 3, patience: 60_000 });
  t.teardown(() => admin.close());
  const socket = net.connect(admin.port, '127.0.0.1').on('error', () => {});
  const closed = once(socket.resume(), 'close');
  socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n\r\n\r\n');
  await closed;
  const expecting = net.connect(admin.port, '127.0.0.1').on('error', () => {});
  const said = text(expecting);
  expecting.write('GET /healthz HTTP/1.1\r\nhost: a\r\nexpect: foo\r\n\r\n');
  t.match(await said, /^HTTP\/1\.1 417 [\s\S]*connection: close/i, 'it ends with a refusal too');
  admin.use({ connections: 1, patience: 60_000 });
  t.equal((await fetch(`http://127.0.0.1:${admin.port}/healthz`)).status, 200);
  t.equal(admin.figures.most, 1);
});
