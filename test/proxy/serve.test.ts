import { once } from 'node:events';
import type net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import tls, { type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { type Certificates, makeCertificates } from '../../src/cli/certificate.ts';
import { collectGarbage } from '../../src/garbage.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { type RunningProxy, startProxy } from '../../src/proxy/serve.ts';
import { Secret } from '../../src/secret.ts';
import { configHash } from '../../src/snapshot/config-hash.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { eventually, exchangeOf, httpStore, RawClient } from '../e2e/wire.ts';
import { silentLog } from '../support/silent-log.ts';
import { EVERYTHING, snapshotOf, testClient, testCredentials, testSsecKey } from '../support/snapshot.ts';

const PLAIN: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  auth: 'none',
  permissions: EVERYTHING,
};

function before(port: number, settings: Parameters<typeof snapshotOf>[0] = {}): Snapshot {
  const upstream = { protocol: 'http:', hostname: '127.0.0.1', port, ...settings.upstream } as const;
  const rules = [{ bucket: 'plain', encrypt: 'off' as const }];
  return snapshotOf({ rules, listeners: [PLAIN], ...settings, upstream });
}

async function serve(t: Test, snapshot: Snapshot): Promise<RunningProxy & { readonly port: number }> {
  const proxy = await startProxy(snapshot, silentLog());
  t.teardown(() => proxy.stop());
  return { ...proxy, port: Number(new URL(proxy.urls[0] ?? '').port) };
}

const GET = 'GET /plain/a HTTP/1.1';

t.test('nothing of the snapshot that a proxy began with is kept after a reload', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  const begun = async (): Promise<{
    proxy: RunningProxy & { readonly port: number };
    first: WeakRef<object>[];
  }> => {
    const snapshot = before(store.port, { rules: [{ bucket: 'plain', encrypt: [testSsecKey('old')] }] });
    const proxy = await serve(t, snapshot);
    const [{ ssecKey } = { ssecKey: undefined }] = snapshot.ssecKeys;
    const parts = [snapshot, snapshot.upstream, snapshot.upstream.credentials, ssecKey ?? {}];
    return { proxy, first: parts.map((part) => new WeakRef(part)) };
  };
  const { proxy, first } = await begun();
  t.match(await exchangeOf(t, proxy.port, [GET]), /^HTTP/);
  proxy.reload(before(store.port));
  t.match(await exchangeOf(t, proxy.port, [GET]), /ok$/);
  await pause(50);
  await collectGarbage();
  t.strictSame(
    first.map((part) => part.deref()),
    first.map(() => undefined),
  );
});

t.test('a reload with the same upstream keeps the connections to it', async (t) => {
  let connections = 0;
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  store.server.on('connection', () => {
    connections += 1;
  });
  const proxy = await serve(t, before(store.port));
  for (let i = 0; i < 3; i += 1) {
    t.match(await exchangeOf(t, proxy.port, [GET]), /ok$/);
    proxy.reload(before(store.port, { domains: [`d${i}.test`] }));
  }
  t.equal(connections, 1);
});

t.test(
  'a reload with another upstream closes idle connections at once, and busy ones when they are done',
  async (t) => {
    let finish: (() => void) | undefined;
    const sockets: net.Socket[] = [];
    const store = await httpStore(t, (request, response) => {
      if (request.url === '/plain/slow') finish = () => response.end('done');
      else response.end('old');
    });
    store.server.on('connection', (socket) => void sockets.push(socket));
    const other = await httpStore(t, (_request, response) => response.end('new'));
    const forLong = { connect: 5000, headers: 5000, idle: 5000, document: 60_000, keepAlive: 60_000 };
    const proxy = await serve(t, before(store.port, { upstream: { timeouts: forLong } }));
    const slow = new RawClient(t, proxy.port).send(['GET /plain/slow HTTP/1.1']);
    await eventually(() => finish !== undefined);
    t.match(await exchangeOf(t, proxy.port, [GET]), /old$/);
    t.equal(sockets.length, 2);

    proxy.reload(before(other.port));
    await eventually(() => sockets[1]?.destroyed === true);
    t.equal(sockets[1]?.destroyed, true, 'the idle one is closed');
    t.equal(sockets[0]?.destroyed, false);
    t.match(await exchangeOf(t, proxy.port, [GET]), /new$/);
    finish?.();
    await slow.until(/done$/);
    t.match(slow.received, /done$/, 'what was under way went on');
    await eventually(() => sockets[0]?.destroyed === true);
    t.equal(sockets[0]?.destroyed, true, 'and then its connection is closed');
  },
);

t.test('new connections get a renewed certificate, open ones go on', async (t) => {
  const certificates = async () => await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const [one, two] = [await certificates(), await certificates()];
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  const secured = ({ cert, key }: Certificates) =>
    before(store.port, { listeners: [{ ...PLAIN, tls: { cert, key } }] });
  const proxy = await serve(t, secured(one));
  const connect = async ({ ca }: Certificates): Promise<TLSSocket> => {
    const socket = tls.connect({ host: '127.0.0.1', port: proxy.port, ca });
    t.teardown(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  };
  const open = await connect(one);
  proxy.reload(secured(one));
  await t.resolves(connect(one));
  proxy.reload(secured(two));
  await t.resolves(connect(two));
  await t.rejects(connect(one), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });

  open.write(`${GET}\r\nHost: 127.0.0.1\r\n\r\n`);
  const [answer] = (await once(open, 'data')) as [Buffer];
  t.match(String(answer), /^HTTP\/1\.1 200 /);
});

t.test('a reload changes who may come over an open listener', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  const proxy = await serve(t, before(store.port));
  t.match(await exchangeOf(t, proxy.port, [GET]), /^HTTP\/1\.1 200 /);
  proxy.reload(before(store.port, { listeners: [{ ...PLAIN, auth: 'sigv4' }] }));
  t.match(await exchangeOf(t, proxy.port, [GET]), /^HTTP\/1\.1 403 /);
});

t.test('says which fields wait for a restart, and goes on with what is open', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  const started = { ...before(store.port), admin: { host: '127.0.0.1', port: 0 } };
  const proxy = await serve(t, started);
  const elsewhere = { ...PLAIN, port: 1 };
  for (const [next, waiting] of [
    [started, []],
    [{ ...started, limits: { drain: 5 } }, []],
    [{ ...started, listeners: [elsewhere] }, ['listen[0]']],
    [{ ...started, listeners: [elsewhere, PLAIN] }, ['listen[0]']],
    [{ ...started, listeners: [PLAIN, elsewhere] }, ['listen[1]']],
    [{ ...started, listeners: [] }, ['listen']],
    [{ ...started, listeners: [{ ...PLAIN, tls: { cert: '', key: '' } }] }, ['listen[0]']],
    [{ ...started, admin: { host: '127.0.0.1', port: 1 } }, ['admin.address']],
  ] as const) {
    t.same(proxy.reload(next), waiting);
    t.match(await exchangeOf(t, proxy.port, [GET]), /^HTTP\/1\.1 200 /);
  }
});

t.test('the metrics tell of reloads and of the config in use', async (t) => {
  const started = { ...before(1), admin: { host: '127.0.0.1', port: 0 } };
  const proxy = await serve(t, started);
  const metrics = async (): Promise<string[]> => {
    const text = await (await fetch(`http://127.0.0.1:${proxy.adminPort}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith('ssec_proxy_config') && !line.includes('timestamp'))
      .toSorted();
  };
  const lines = (success: number, failure: number, last: number, snapshot: Snapshot): string[] => [
    `ssec_proxy_config_hash ${configHash(snapshot)}`,
    `ssec_proxy_config_last_reload_successful ${last}`,
    `ssec_proxy_config_reloads_total{result="failure"} ${failure}`,
    `ssec_proxy_config_reloads_total{result="success"} ${success}`,
  ];
  t.same(await metrics(), lines(0, 0, 1, started));
  proxy.keep();
  t.same(await metrics(), lines(0, 1, 0, started));
  const next = { ...started, domains: ['new.test'] };
  proxy.reload(next);
  t.same(await metrics(), lines(1, 1, 1, next));
});

t.test('the hash of a config is that of what requests are served by', (t) => {
  const a = testSsecKey('a');
  const settings = { rules: [{ bucket: 'b', encrypt: [a] as const }] };
  const hash = configHash(snapshotOf(settings));
  const client = testClient('c', testCredentials('up'));
  for (const [other, what] of [
    [snapshotOf({ rules: [{ bucket: 'b', encrypt: [testSsecKey('b')] }] }), 'a key'],
    [snapshotOf({ rules: [{ bucket: 'c', encrypt: [a] }] }), 'a rule'],
    [snapshotOf({ ...settings, default: 'pass' }), 'the default'],
    [snapshotOf({ ...settings, clients: [client] }), 'a client'],
    [snapshotOf({ ...settings, upstream: { port: 444 } }), 'the upstream'],
  ] as const)
    t.not(configHash(other), hash, `${what} changes it`);
  const narrow = {
    ...client,
    permissions: { admin: false, grants: [{ bucket: 'b', prefix: '', actions: new Set(['read' as const]) }] },
  };
  const wide = {
    ...narrow,
    permissions: {
      admin: false,
      grants: [{ bucket: 'b', prefix: '', actions: new Set(['write' as const]) }],
    },
  };
  t.not(configHash(snapshotOf({ clients: [narrow] })), configHash(snapshotOf({ clients: [wide] })));

  const same = snapshotOf({ ...settings, listeners: [PLAIN] });
  t.equal(
    configHash({ ...same, limits: { drain: 5 }, logLevel: 'debug' }),
    hash,
    'what replicas differ in does not',
  );
  const other = { ...client, secretAccessKey: new Secret('another secret for tests') };
  t.equal(
    configHash(snapshotOf({ clients: [client] })),
    configHash(snapshotOf({ clients: [other] })),
    'nor a secret',
  );
  t.ok(Number.isSafeInteger(hash));
  t.end();
});
