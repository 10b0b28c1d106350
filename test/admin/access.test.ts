import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import t from 'tap';
import type { AdminSettings } from '../../src/admin/access.ts';
import { type Admin, startAdmin } from '../../src/admin/admin.ts';
import { healthRoutes } from '../../src/admin/health-routes.ts';
import type { Route } from '../../src/admin/routes.ts';
import { line } from '../../src/admin/routes.ts';
import { Secret } from '../../src/secret.ts';
import { makePair } from '../config/fixture.ts';

const HEALTH = {
  troubles: () => ({}),
  parts: () => Promise.resolve([]),
  metrics: () => Promise.resolve('ssec_proxy_requests_total 0'),
};
const ROUTES: readonly Route[] = [
  ...healthRoutes(HEALTH),
  { method: 'GET', path: '/parts', probe: true, query: ['verbose'], answer: () => line(200, 'parts') },
  { method: 'POST', path: '/does', answer: () => line(200, 'done') },
];
const PLACE = { host: '127.0.0.1', port: 0 };
const TOKEN = 'token-for-tests-of-admin';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

async function started(
  settings: AdminSettings,
  teardown: (end: () => Promise<void>) => void,
): Promise<Admin> {
  const admin = await startAdmin(settings, ROUTES);
  teardown(() => admin.close());
  return admin;
}

t.test('without a token, everybody is answered', async (t) => {
  const { port } = await started(PLACE, (end) => t.teardown(end));
  t.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200);
});

const CASES = [
  { name: 'a probe', path: '/readyz', status: 200 },
  { name: 'liveness', path: '/healthz', status: 200 },
  { name: 'a probe that asks for more', path: '/parts?verbose', status: 401 },
  { name: 'nothing', path: '/metrics', status: 401 },
  { name: 'the token', path: '/metrics', authorization: `Bearer ${TOKEN}`, status: 200 },
  { name: 'the token as a password', path: '/metrics', authorization: basic(`any:${TOKEN}`), status: 200 },
  { name: 'a wrong token', path: '/metrics', authorization: `Bearer ${TOKEN}x`, status: 401 },
  { name: 'the beginning of the token', path: '/metrics', authorization: 'Bearer token', status: 401 },
  { name: 'an empty token', path: '/metrics', authorization: 'Bearer ', status: 401 },
  { name: 'an empty password', path: '/metrics', authorization: basic('any:'), status: 401 },
  { name: 'the token without a scheme', path: '/metrics', authorization: TOKEN, status: 401 },
  {
    name: 'the token twice',
    path: '/metrics',
    authorization: `Bearer ${TOKEN}, Bearer ${TOKEN}`,
    status: 401,
  },
  {
    name: 'a POST with the token',
    method: 'POST',
    path: '/does',
    authorization: `Bearer ${TOKEN}`,
    status: 200,
  },
  {
    name: 'a POST from a page of another site, with what the browser knows',
    method: 'POST',
    path: '/does',
    authorization: basic(`any:${TOKEN}`),
    origin: 'https://other.example',
    status: 403,
  },
];

t.test('with a token, probes are open and the rest is not', async (t) => {
  const admin = await started({ ...PLACE, token: new Secret(TOKEN) }, (end) => t.teardown(end));
  for (const { name, path, status, method = 'GET', authorization, origin } of CASES) {
    const headers = { ...(authorization && { authorization }), ...(origin && { origin }) };
    const answer = await fetch(`http://127.0.0.1:${admin.port}${path}`, { method, headers });
    t.equal(answer.status, status, name);
    const text = await answer.text();
    t.notMatch(text, TOKEN);
    if (status === 401) t.match(answer.headers.get('www-authenticate'), /^Bearer .*Basic /);
  }
  t.equal(admin.figures.unauthorized, CASES.filter(({ status }) => status === 401).length);
});

t.test('another token counts from the reload on, and the old one no more', async (t) => {
  const settings = { ...PLACE, token: new Secret(TOKEN) };
  const admin = await started(settings, (end) => t.teardown(end));
  const ask = async (token: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${admin.port}/metrics`, { headers: { authorization: `Bearer ${token}` } }))
      .status;
  admin.use(undefined, { ...settings, token: new Secret('another-token-for-tests') });
  t.equal(await ask(TOKEN), 401);
  t.equal(await ask('another-token-for-tests'), 200);
  admin.use(undefined, { ...PLACE, port: 1 });
  t.equal(await ask('no'), 401, 'what waits for a restart opens nothing');
});

t.test(
  'over TLS a client certificate is as good as the token, and only one of the authorities',
  async (t) => {
    const dates = ['2026-01-01', '2999-01-01'] as const;
    const [server, client, stranger] = [
      await makePair(...dates),
      await makePair(...dates),
      await makePair(...dates),
    ];
    const settings = { ...PLACE, tls: { ...server, clientCa: client.cert }, token: new Secret(TOKEN) };
    const admin = await started(settings, (end) => t.teardown(end));
    const ask = async (path: string, options: https.RequestOptions): Promise<number | undefined> => {
      const request = https.get({ host: '127.0.0.1', port: admin.port, path, agent: false, ...options });
      const [response] = await once(request, 'response');
      response.resume();
      return response.statusCode;
    };
    const trust = { ca: server.cert, servername: 'proxy.example' };
    t.equal(await ask('/readyz', trust), 200, 'a probe has none');
    t.equal(await ask('/metrics', trust), 401);
    t.equal(await ask('/metrics', { ...trust, ...client }), 200);
    t.equal(await ask('/metrics', { ...trust, ...stranger }), 401);
    t.equal(await ask('/metrics', { ...trust, headers: { authorization: `Bearer ${TOKEN}` } }), 200);

    const renewed = await makePair(...dates);
    admin.use(undefined, { ...settings, tls: { ...renewed, clientCa: stranger.cert } });
    const again = { ca: renewed.cert, servername: 'proxy.example' };
    t.equal(
      await ask('/metrics', { ...again, ...stranger }),
      200,
      'a reload takes certificate and authorities',
    );
    t.equal(await ask('/metrics', { ...again, ...client }), 401);
  },
);

t.test('a reload counts at an address that has a name', async (t) => {
  const settings = { host: 'localhost', port: 0, token: new Secret(TOKEN) };
  const admin = await startAdmin(settings, ROUTES, undefined, '127.0.0.1');
  t.teardown(() => admin.close());
  admin.use(undefined, { ...settings, token: new Secret('another-token-for-tests') });
  const headers = { authorization: 'Bearer another-token-for-tests' };
  t.equal((await fetch(`http://127.0.0.1:${admin.port}/metrics`, { headers })).status, 200);
});

t.test('over TLS, each wait for a client ends too, and what is no TLS ends at once', async (t) => {
  const pair = await makePair('2026-01-01', '2999-01-01');
  const admin = await startAdmin({ ...PLACE, tls: pair }, ROUTES, { connections: 2, patience: 300 });
  t.teardown(() => admin.close());
  for (const said of ['', '\x16\x03\x01', 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n']) {
    const socket = net.connect(admin.port, '127.0.0.1').on('error', () => {});
    const closed = once(socket.resume(), 'close');
    socket.write(said);
    await closed;
  }
  t.pass('all of them have ended');
});
