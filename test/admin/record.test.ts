import { once } from 'node:events';
import net from 'node:net';
import t from 'tap';
import { startAdmin } from '../../src/admin/admin.ts';
import { type Debugged, debugged } from '../../src/admin/debug.ts';
import { debugRoutes } from '../../src/admin/debug-routes.ts';
import { adminRecord } from '../../src/admin/record.ts';
import { line, type Route } from '../../src/admin/routes.ts';
import { Secret } from '../../src/secret.ts';
import { makePair } from '../config/fixture.ts';

const TOKEN = 'token-for-tests-of-admin';
const GOOD = { authorization: `Bearer ${TOKEN}` };
const own: Debugged = debugged();
const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/healthz', probe: true, answer: () => line(200, 'ok') },
  { method: 'GET', path: '/metrics', answer: () => line(200, 'figures') },
  ...debugRoutes({ on: () => true, of: () => own }),
];

/** An admin address, what the log got of it, and what the audit log got. */
async function stand(t: { teardown: (end: () => Promise<void>) => void }, more: object = {}) {
  const lines: Record<string, unknown>[] = [];
  const events: (readonly [string, object | undefined])[] = [];
  const write = (fields: unknown, msg?: unknown): void => void lines.push({ ...(fields as object), msg });
  const record = adminRecord(
    { info: write, warn: write },
    { event: (event, fields) => void events.push([event, fields]) },
  );
  const settings = { host: '127.0.0.1', port: 0, token: new Secret(TOKEN), ...more };
  const admin = await startAdmin(settings, ROUTES, undefined, undefined, record);
  t.teardown(() => admin.close());
  return { admin, url: `http://127.0.0.1:${admin.port}`, lines, events };
}

t.test('who is refused is on record, and how many were where the log has no room', async (t) => {
  const { url, lines, events } = await stand(t);
  await fetch(`${url}/metrics?secret-for-tests`);
  t.equal(events.length, 0, 'what no route takes is no request for anything');
  for (let at = 0; at < 20; at += 1)
    await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer wrong-token-for-tests' } });
  t.equal(lines.length, 10);
  t.match(lines[0], {
    remote: '127.0.0.1',
    method: 'GET',
    path: '/metrics',
    status: 401,
    cause: 'another token came',
    msg: 'a request to the admin address was refused',
  });
  t.equal(events.length, 20);
  t.ok(events.every(([event]) => event === 'admin request refused'));
  await fetch(`${url}/metrics`);
  t.match(events.at(-1)?.[1], { cause: 'no token came' });
  t.notMatch(JSON.stringify([lines, events]), /for-tests/);
});

t.test('a look into the process is on record, and a probe is not', async (t) => {
  const { url, lines, events } = await stand(t);
  await fetch(`${url}/healthz`);
  await fetch(`${url}/metrics`, { headers: GOOD });
  t.strictSame([lines, events], [[], []]);
  await (await fetch(`${url}/debug/profile?seconds=1`, { method: 'POST', headers: GOOD })).text();
  await (await fetch(`${url}/debug/heap`, { headers: GOOD })).text();
  const seen = [
    { remote: '127.0.0.1', method: 'POST', path: '/debug/profile', status: 200 },
    { remote: '127.0.0.1', method: 'GET', path: '/debug/heap', status: 200 },
  ];
  t.match(
    events,
    seen.map((fields) => ['admin request', fields]),
  );
  t.match(lines, seen);
});

t.test(
  'a TLS handshake that fails there has a line and a count, and a look whether it listens has none',
  async (t) => {
    const { admin, lines } = await stand(t, { tls: await makePair('2026-01-01', '2999-01-01') });
    for (const said of ['', 'GET /healthz HTTP/1.1\r\n\r\n']) {
      const socket = net.connect(admin.port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      const closed = once(socket.resume(), 'close');
      if (said === '') socket.destroy();
      else socket.write(said);
      await closed;
    }
    t.match(lines, [{ cause: 'http request', msg: 'a TLS handshake at the admin address failed' }]);
    t.equal(lines.length, 1);
    t.equal(admin.figures.tlsFailures, 1);
  },
);
