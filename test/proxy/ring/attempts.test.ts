import t, { type Test } from 'tap';
import { makeMetrics } from '../../../src/admin/metrics.ts';
import { KeyMemo } from '../../../src/keys/memo.ts';
import type { Exchange } from '../../../src/proxy/exchange.ts';
import { attemptAll } from '../../../src/proxy/ring/attempts.ts';
import { BucketRegions } from '../../../src/upstream/bucket-regions.ts';
import { poolOf } from '../../../src/upstream/connections.ts';
import type { Upstream } from '../../../src/upstream/upstream.ts';
import { httpStore, socketStore } from '../../e2e/wire.ts';
import { withExchange } from '../../support/exchange.ts';
import { planOf } from '../../support/planned.ts';
import { NOW } from '../../support/signed.ts';
import { snapshotOf, testSsecKey } from '../../support/snapshot.ts';

const KEY_MD5 = 'x-amz-server-side-encryption-customer-key-md5';
const [newest, middle, oldest] = ['newest', 'middle', 'oldest'].map(testSsecKey) as [
  ReturnType<typeof testSsecKey>,
  ReturnType<typeof testSsecKey>,
  ReturnType<typeof testSsecKey>,
];

interface Attempted {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly log: Exchange['log'];
}

interface Given {
  readonly method?: string;
  readonly target?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly upstream?: Partial<Upstream>;
  /** Does its body fail while a connection is opened? */
  readonly failing?: boolean;
}

/** Sends a request to the store on that port through a rule with three keys. */
async function attemptOn(t: Test, port: number, given: Given = {}): Promise<Attempted> {
  const { method = 'GET', target = '/ring/a', body = '', headers = {}, upstream = {} } = given;
  const snapshot = snapshotOf({
    rules: [
      { bucket: 'ring', encrypt: [newest, middle, oldest] },
      { bucket: 'plain', encrypt: 'off', declassify: true },
    ],
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port, ...upstream },
  });
  const pool = poolOf(snapshot.upstream);
  t.teardown(() => pool.destroy());
  const plan = planOf({ method, rawTarget: target, headers }, snapshot);
  const fields = Object.entries({
    Host: 'h',
    ...headers,
    ...(body === '' ? {} : { 'Content-Length': body.length }),
  });
  const head = [`${method} ${target} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  let outcome: Attempted | undefined;
  await withExchange([...head, '', body].join('\r\n'), async ({ exchange }) => {
    const { log, request } = exchange;
    if (given.failing) request.on('error', () => undefined).destroy(new Error('wrong'));
    try {
      const { response } = await attemptAll(
        { message: exchange.received, plan, asker: exchange },
        {
          connections: { of: () => pool },
          memo: new KeyMemo(),
          regions: new BucketRegions(),
          metrics: makeMetrics({ distrusted: () => [] }),
          clock: () => NOW,
        },
      );
      response.resume();
      outcome = { status: response.statusCode, code: undefined, log };
    } catch (error) {
      outcome = { status: undefined, code: String((error as { code?: string }).code), log };
    }
  });
  if (!outcome) throw new Error('nothing came of it');
  return outcome;
}

t.test('a write goes with the first key, once', async (t) => {
  const store = await httpStore(t, (request, response) => {
    request.resume();
    response.writeHead(403).end();
  });
  t.match(await attemptOn(t, store.port, { method: 'PUT', body: 'body' }), {
    status: 403,
    log: { attempts: 1 },
  });
  t.same(
    store.requests.map(({ headers }) => headers[KEY_MD5]),
    [newest.md5],
  );
});

t.test(
  'a connection that was closed meanwhile: a request without a body goes once more, one with a body does not',
  async (t) => {
    for (const [given, times] of [
      [{}, 2],
      [{ method: 'PUT', body: 'body' }, 1],
    ] as const) {
      const { port, sockets } = await socketStore(t, (socket) => socket.once('data', () => socket.destroy()));
      t.match(await attemptOn(t, port, given), { code: 'ServiceUnavailable' });
      t.equal(sockets.length, times);
    }
  },
);

t.test('a second try that succeeds is an answer like any other', async (t) => {
  const { port } = await socketStore(t, (socket, index) => {
    socket.once('data', () => {
      if (index === 0) socket.destroy();
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const { status, log } = await attemptOn(t, port, { target: '/plain/a' });
  t.match({ status, log }, { status: 200, log: { attempts: 2 } });
});

t.test('a store that cannot be reached is SlowDown, a silent one is ServiceUnavailable', async (t) => {
  t.match(await attemptOn(t, 1), { code: 'SlowDown' });
  const { port } = await socketStore(t, () => undefined);
  const upstream = {
    timeouts: { connect: 60_000, headers: 30, idle: 30, document: 60_000, keepAlive: 1000 },
  };
  t.match(await attemptOn(t, port, { upstream }), { code: 'ServiceUnavailable' });
});

t.test(
  'a request that no connection was there for, or whose body was wrong before, does not count',
  async (t) => {
    t.match(await attemptOn(t, 1), { code: 'SlowDown', log: { attempts: 0 } });
    const { port } = await socketStore(t, () => undefined);
    const upstream = {
      timeouts: { connect: 1000, headers: 30, idle: 30, document: 60_000, keepAlive: 1000 },
    };
    t.match(await attemptOn(t, port, { upstream }), { log: { attempts: 1 } });
    const failing = { upstream, method: 'PUT', body: 'body', failing: true };
    t.match(await attemptOn(t, port, failing), { log: { attempts: 0 } });
  },
);

t.test('a store whose connections are all in use is asked nothing', async (t) => {
  const upstream = { limits: { connections: 0, queue: 1, wait: 20 } };
  const { code, log } = await attemptOn(t, 1, { upstream });
  t.match({ code, log }, { code: 'SlowDown', log: { attempts: 0 } });
});
