import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { clockWarning } from '../../src/cli/clock.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { httpStore, socketStore } from '../e2e/wire.ts';
import { snapshotOf } from '../support/snapshot.ts';

const STORE_TIME = Date.parse('2026-06-01T12:00:00Z');
const MINUTE = 60_000;
const at = (minutes: number) => (): Date => new Date(STORE_TIME + minutes * MINUTE);
const dated = (_request: IncomingMessage, response: ServerResponse): void =>
  void response.writeHead(403, { date: new Date(STORE_TIME).toUTCString() }).end();
const upstreamAt = (port: number, more: Partial<Upstream> = {}): Upstream =>
  snapshotOf({ upstream: { protocol: 'http:', hostname: '127.0.0.1', port, ...more } }).upstream;

t.test('warns when the clocks are more than five minutes apart', async (t) => {
  const { port } = await httpStore(t, dated);
  for (const minutes of [0, 1, -1, 5, -5])
    t.equal(await clockWarning(upstreamAt(port), at(minutes)), undefined);
  t.match(
    await clockWarning(upstreamAt(port), at(6)),
    /clock is 6 minutes ahead of the store's.*set the clock/,
  );
  t.match(await clockWarning(upstreamAt(port), at(-90)), /clock is 90 minutes behind the store's/);
});

t.test('sends nothing but an unsigned HEAD, and goes nowhere else', async (t) => {
  const elsewhere = await socketStore(t, () => undefined);
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end();
  });
  await clockWarning(upstreamAt(store.port, { basePath: '/base' }), at(0));
  t.match(store.requests, [{ method: 'HEAD', url: '/base/' }]);
  t.same(Object.keys(store.requests[0]?.headers ?? {}).toSorted(), ['connection', 'host']);
  t.equal(elsewhere.sockets.length, 0);
});

t.test('warns when the store cannot be asked, and waits no longer than its limit', async (t) => {
  t.match(await clockWarning(upstreamAt(1), at(0)), /did not tell the time: ECONNREFUSED/);
  const mute = await socketStore(t, () => undefined);
  t.match(await clockWarning(upstreamAt(mute.port), at(0), 50), /no answer within 0\.05 s/);
  const nonsense = await socketStore(t, (socket) => socket.end('hello\r\n\r\n'));
  t.match(await clockWarning(upstreamAt(nonsense.port), at(0)), /did not tell the time: HPE_/);
  const undated = await httpStore(t, (_request, response) => {
    response.sendDate = false;
    response.end();
  });
  t.match(await clockWarning(upstreamAt(undated.port), at(0)), /has no Date/);
});

t.test('trusts the authority of the config, and no other', async (t) => {
  const { ca, port } = await tlsStore(t);
  const upstream = upstreamAt(port, { protocol: 'https:', ca });
  t.equal(await clockWarning(upstream, at(0)), undefined);
  t.match(
    await clockWarning({ ...upstream, ca: undefined }, at(0)),
    /did not tell the time.*(SELF_SIGNED|UNABLE_TO|CERT)/,
  );
});

async function tlsStore(t: Test): Promise<{ ca: string; port: number }> {
  const { ca, cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const server = https.createServer({ cert, key }, dated).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close().closeAllConnections());
  return { ca, port: (server.address() as AddressInfo).port };
}
