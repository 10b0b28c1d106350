import { Agent } from 'node:http';
import t, { type Test } from 'tap';
import { attemptAll } from '../../src/proxy/attempts.ts';
import type { Exchange } from '../../src/proxy/exchange.ts';
import type { Upstream } from '../../src/snapshot/snapshot.ts';
import { httpStore, socketStore } from '../e2e/wire.ts';
import { withExchange } from '../support/exchange.ts';
import { planOf } from '../support/planned.ts';
import { NOW } from '../support/signed.ts';
import { snapshotOf, testSsecKey } from '../support/snapshot.ts';

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
}

/** Sends a request to the store on that port through a rule with three keys. */
async function attemptOn(t: Test, port: number, given: Given = {}): Promise<Attempted> {
  const { method = 'GET', target = '/ring/a', body = '', headers = {}, upstream = {} } = given;
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const snapshot = snapshotOf({
    rules: [
      { bucket: 'ring', encrypt: [newest, middle, oldest] },
      { bucket: 'plain', encrypt: 'off', declassify: true },
    ],
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port, ...upstream },
  });
  const plan = planOf({ method, rawTarget: target, headers }, snapshot);
  const fields = Object.entries({
    Host: 'h',
    ...headers,
    ...(body === '' ? {} : { 'Content-Length': body.length }),
  });
  const head = [`${method} ${target} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  let outcome: Attempted | undefined;
  await withExchange([...head, '', body].join('\r\n'), async ({ exchange }) => {
    const { log } = exchange;
    try {
      const { response } = await attemptAll(exchange, plan, {
        upstream: snapshot.upstream,
        agent,
        now: () => NOW,
      });
      response.resume();
      outcome = { status: response.statusCode, code: undefined, log };
    } catch (error) {
      outcome = { status: undefined, code: String((error as { code?: string }).code), log };
    }
  });
  if (!outcome) throw new Error('nothing came of it');
  return outcome;
}

/** A store that has the object under this key and refuses every other; and the key MD5s that it was sent. */
async function storeOf(t: Test, ssecKey: { readonly md5: string }, wrong = 403) {
  const store = await httpStore(t, (request, response) => {
    request.resume();
    response.writeHead(request.headers[KEY_MD5] === ssecKey.md5 ? 200 : wrong).end();
  });
  const sent = (): unknown[] => store.requests.map(({ headers }) => headers[KEY_MD5]);
  return { port: store.port, sent };
}

t.test('the keys of a ring are tried in turn until one fits', async (t) => {
  const { port, sent } = await storeOf(t, middle);
  t.match(await attemptOn(t, port), { status: 200, log: { attempts: 2, ssecKeyId: 'middle' } });
  t.same(sent(), [newest.md5, middle.md5]);
});

t.test('the answer to the last key stands when none fits', async (t) => {
  const { port, sent } = await storeOf(t, testSsecKey('of somebody else'));
  t.match(await attemptOn(t, port), { status: 403, log: { attempts: 3, ssecKeyId: 'oldest' } });
  t.equal(sent().length, 3);
});

t.test('only the status that means a wrong key lets the next one try', async (t) => {
  for (const [wrong, attempts] of [
    [403, 3],
    [404, 1],
    [500, 1],
    [304, 1],
  ] as const) {
    const { port } = await storeOf(t, testSsecKey('of somebody else'), wrong);
    t.match(await attemptOn(t, port), { status: wrong, log: { attempts } }, String(wrong));
  }
});

t.test('a write goes with the first key, once', async (t) => {
  const { port, sent } = await storeOf(t, oldest);
  t.match(await attemptOn(t, port, { method: 'PUT', body: 'body' }), { status: 403, log: { attempts: 1 } });
  t.same(sent(), [newest.md5]);
});

t.test('a read with a body goes once: the body is gone', async (t) => {
  const { port, sent } = await storeOf(t, oldest);
  const select = { method: 'POST', target: '/ring/a?select&select-type=2', body: '<x/>' };
  t.match(await attemptOn(t, port, select), { status: 403, log: { attempts: 1 } });
  t.same(sent(), [newest.md5]);
});

t.test('of a copy the source is tried with each key', async (t) => {
  const name = `x-amz-copy-source-server-side-encryption-customer-key-md5`;
  const store = await httpStore(t, (request, response) => {
    response.writeHead(request.headers[name] === oldest.md5 ? 200 : 403).end();
  });
  const copy = { method: 'PUT', target: '/plain/a', headers: { 'x-amz-copy-source': '/ring/a' } };
  t.match(await attemptOn(t, store.port, copy), { status: 200, log: { attempts: 3, ssecKeyId: 'oldest' } });
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
  t.match(await attemptOn(t, port), { status: 200, log: { attempts: 1 } });
});

t.test('a store that can not be reached is SlowDown, a silent one is ServiceUnavailable', async (t) => {
  t.match(await attemptOn(t, 1), { code: 'SlowDown' });
  const { port } = await socketStore(t, () => undefined);
  const upstream = { timeouts: { connect: 1000, headers: 30, idle: 30, keepAlive: 1000 } };
  t.match(await attemptOn(t, port, { upstream }), { code: 'ServiceUnavailable' });
});
