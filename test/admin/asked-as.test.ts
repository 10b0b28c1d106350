import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import t from 'tap';
import type { AdminSettings } from '../../src/admin/access.ts';
import { startAdmin } from '../../src/admin/admin.ts';
import { mayAskAs } from '../../src/admin/asked-as.ts';
import { healthRoutes } from '../../src/admin/health-routes.ts';
import { Secret } from '../../src/secret.ts';
import { makePair } from '../config/fixture.ts';

const PASS = [
  undefined,
  '',
  '127.0.0.1',
  '127.0.0.1:8990',
  '10.1.2.3:8990',
  '[::1]:8990',
  '[fd00::1]',
  'localhost:8990',
  'LOCALHOST',
  'localhost.:8990',
  'a.localhost',
  'proxy:8990',
  'proxy.storage.svc:8990',
  'proxy.storage.svc.cluster.local',
  'proxy.internal',
  'admin.example:8990',
];

const REFUSED = [
  'evil.example',
  'evil.example:8990',
  'EVIL.EXAMPLE.',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  '127.0.0.1@evil.example',
  'evil.example/127.0.0.1',
  'svc.evil.example',
  'evil.local',
  'evil.cluster.local',
  'evilsvc.example',
  '127.0.0.1:8990:evil.example',
  '[evil.example]',
  ':8990',
];

t.test('by which names an address without a token is asked', (t) => {
  for (const host of PASS) t.ok(mayAskAs(host, 'admin.example'), `passes: ${host}`);
  for (const host of REFUSED) t.notOk(mayAskAs(host, 'admin.example'), `does not: ${host}`);
  t.end();
});

const HEALTH = {
  troubles: () => ({}),
  parts: () => Promise.resolve([]),
  metrics: () => Promise.resolve('ssec_proxy_requests_total 0'),
};

async function statusOf(settings: AdminSettings, path: string, host: string): Promise<number | undefined> {
  const admin = await startAdmin(settings, healthRoutes(HEALTH));
  try {
    const request = http.get({ host: '127.0.0.1', port: admin.port, path, agent: false, headers: { host } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    return response.statusCode;
  } finally {
    await admin.close();
  }
}

t.test('a page whose name points here reads the probes at most', async (t) => {
  const open = { host: '127.0.0.1', port: 0 };
  t.equal(await statusOf(open, '/metrics', 'evil.example'), 403);
  t.equal(await statusOf(open, '/readyz?verbose', 'evil.example'), 403);
  t.equal(await statusOf(open, '/readyz', 'evil.example'), 200, 'a load balancer may ask by any name');
  t.equal(await statusOf(open, '/metrics', 'localhost'), 200);
  const guarded = { ...open, token: new Secret('token-for-tests-of-admin') };
  t.equal(await statusOf(guarded, '/metrics', 'evil.example'), 401, 'there, the token counts');
});

t.test('with TLS the name is for the certificate to judge', async (t) => {
  const admin = await startAdmin({ host: '127.0.0.1', port: 0, tls: await makePair() }, healthRoutes(HEALTH));
  t.teardown(() => admin.close());
  const request = https.get({
    host: '127.0.0.1',
    port: admin.port,
    path: '/metrics',
    agent: false,
    rejectUnauthorized: false,
    headers: { host: 'proxy.example.com' },
  });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  t.equal(response.statusCode, 200);
});
