import t from 'tap';
import { startAdmin } from '../../src/admin/admin.ts';

const metrics = (): Promise<string> => Promise.resolve('ssec_proxy_requests_total 0');

const LOOPBACK = { host: '127.0.0.1', port: 0 };

t.test('reports liveness, and readiness for requests', async (t) => {
  let reason: string | undefined = 'starting';
  let trouble: string | undefined;
  const admin = await startAdmin(LOOPBACK, { notReady: () => reason, degraded: () => trouble, metrics });
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
  reason = 'draining';
  t.equal(await get('/readyz'), '503 draining');
  t.equal(await get('/healthz'), '200 ok', 'it lives while it drains');
  t.match(await get('/'), /^404 /);
  t.match(await get('/readyz/../secret'), /^404 /);
});

t.test('closes with its connections, and frees its port', async (t) => {
  const admin = await startAdmin(LOOPBACK, { notReady: () => undefined, degraded: () => undefined, metrics });
  await (await fetch(`http://127.0.0.1:${admin.port}/healthz`)).text();
  await admin.close();
  await t.rejects(fetch(`http://127.0.0.1:${admin.port}/healthz`));
});

t.test('says when its address is taken', async (t) => {
  const admin = await startAdmin(LOOPBACK, { notReady: () => undefined, degraded: () => undefined, metrics });
  t.teardown(() => admin.close());
  await t.rejects(
    startAdmin(
      { ...LOOPBACK, port: admin.port },
      { notReady: () => undefined, degraded: () => undefined, metrics },
    ),
    {
      code: 'EADDRINUSE',
    },
  );
});
