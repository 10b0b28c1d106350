import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeMetrics } from '../../../src/admin/metrics.ts';
import type { SseKey } from '../../../src/keys/key.ts';
import { KeyMemo } from '../../../src/keys/memo.ts';
import { attemptAll } from '../../../src/proxy/ring/attempts.ts';
import { PROVIDERS } from '../../../src/s3/providers.ts';
import { BucketRegions } from '../../../src/upstream/bucket-regions.ts';
import { poolOf } from '../../../src/upstream/connections.ts';
import { withExchange } from '../../support/exchange.ts';
import { type Came, keyStore, type Manner, type Stored } from '../../support/key-store.ts';
import { planOf } from '../../support/planned.ts';
import { NOW } from '../../support/signed.ts';
import { snapshotOf, testSsecKey } from '../../support/snapshot.ts';

const [newest, middle, oldest, foreign] = ['newest', 'middle', 'oldest', 'foreign'].map(testSsecKey) as [
  SseKey,
  SseKey,
  SseKey,
  SseKey,
];

interface Given {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Got {
  /** Of the answer, or of the refusal. */
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
  readonly log: Readonly<Record<string, unknown>>;
}

interface Stand {
  readonly came: readonly Came[];
  /** The ids of the keys that came, in turn; `none` without one. */
  readonly keys: () => readonly string[];
  readonly ask: (given?: Given) => Promise<Got>;
  readonly metrics: () => Promise<string>;
}

interface Settings {
  readonly ring?: readonly [SseKey, ...SseKey[]];
  readonly plainReads?: 'allow' | 'deny';
  readonly manner?: Manner;
  readonly provider?: keyof typeof PROVIDERS;
}

/** A ring before a store with one object. */
async function standOf(
  t: Test,
  stored: Stored | ((came: number) => Stored),
  { ring = [newest, middle, oldest], plainReads = 'deny', manner = 'aws', provider = manner }: Settings = {},
): Promise<Stand> {
  const { port, came } = await keyStore(t, typeof stored === 'function' ? stored : () => stored, manner);
  const snapshot = snapshotOf({
    rules: [
      { bucket: 'ring', encrypt: ring, plainReads },
      { bucket: 'off', encrypt: 'off', declassify: true },
    ],
    upstream: {
      protocol: 'http:',
      hostname: '127.0.0.1',
      port,
      provider: PROVIDERS[provider],
      timeouts: { connect: 5000, headers: 60_000, idle: 60_000, document: 60_000, keepAlive: 1000 },
    },
  });
  const pool = poolOf(snapshot.upstream);
  t.teardown(() => pool.destroy());
  const metrics = makeMetrics({ distrusted: () => [] });
  const access = {
    connections: { of: () => pool },
    metrics,
    memo: new KeyMemo(),
    regions: new BucketRegions(),
    clock: () => NOW,
  };
  const idOf = ({ md5 }: Came): string =>
    md5 === undefined ? 'none' : (ring.find((key) => key.md5 === md5)?.id ?? '?');
  const ask = async ({
    method = 'GET',
    target = '/ring/a',
    headers = {},
    body = '',
  }: Given = {}): Promise<Got> => {
    const plan = planOf({ method, rawTarget: target, headers }, snapshot);
    const fields = {
      Host: 'h',
      ...headers,
      ...(body === '' ? {} : { 'Content-Length': String(body.length) }),
    };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    let got: Got | undefined;
    await withExchange(
      [`${method} ${target} HTTP/1.1`, ...lines, '', body].join('\r\n'),
      async ({ exchange }) => {
        try {
          const { response, document } = await attemptAll(
            { message: exchange.received, plan, asker: exchange },
            access,
          );
          const chunks: Buffer[] = [];
          for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
          const text = document?.text ?? Buffer.concat(chunks).toString();
          got = { status: response.statusCode ?? 0, code: undefined, text, log: { ...exchange.log } };
        } catch (error) {
          const { status, code, message } = error as { status: number; code: string; message: string };
          got = { status, code, text: message, log: { ...exchange.log } };
        }
        // Long before the store closes what is idle.
        const busy = (): number => pool.figures.open - pool.figures.idle;
        for (let tries = 0; tries < 200 && busy() > 0; tries += 1) await pause(5);
        t.equal(busy(), 0, 'no connection to the store is left busy');
      },
    );
    if (!got) throw new Error('nothing came of it');
    return got;
  };
  return { came, keys: () => came.map(idOf), ask, metrics: () => metrics.text() };
}

t.test(
  'the keys of a ring are tried in turn until one fits, and the next read goes there at once',
  async (t) => {
    const { ask, keys, metrics } = await standOf(t, middle);
    t.match(await ask(), { status: 200, text: 'content', log: { attempts: 2, ssecKeyId: 'middle' } });
    t.match(await ask(), { status: 200, log: { attempts: 1, ssecKeyId: 'middle' } });
    t.same(keys(), ['newest', 'middle', 'middle']);
    const counted = await metrics();
    t.match(counted, 'ssec_proxy_key_use_total{key="newest",outcome="wrong-key"} 1');
    t.match(counted, 'ssec_proxy_key_use_total{key="middle",outcome="opened"} 2');
  },
);

for (const provider of ['obs', 'generic'] as const) {
  t.test(`at ${provider} a wrong key is found out by words that nobody has seen`, async (t) => {
    const { ask, keys } = await standOf(t, oldest, { manner: 'obs', provider });
    t.match(await ask(), { status: 200, text: 'content', log: { attempts: 3, ssecKeyId: 'oldest' } });
    t.match(await ask({ method: 'HEAD' }), { status: 200 });
    t.same(keys().slice(0, 3), ['newest', 'middle', 'oldest']);
    const missing = await standOf(t, 'missing', { manner: 'obs', provider });
    t.match(await missing.ask(), { status: 404, log: { attempts: 1 } });
  });
}

t.test('a write counts for its key when it succeeded', async (t) => {
  const { ask, metrics } = await standOf(t, newest);
  await ask({ method: 'PUT' });
  t.match(await metrics(), 'ssec_proxy_key_use_total{key="newest",outcome="encrypted"} 1');
  const refusing = await standOf(t, 'forbidden');
  await refusing.ask({ method: 'PUT' });
  t.match(await refusing.metrics(), 'ssec_proxy_key_use_total{key="newest",outcome="other"} 1');
});

t.test('what was remembered and holds no more falls through to the ring', async (t) => {
  let stored: Stored = oldest;
  const { ask, keys } = await standOf(t, () => stored);
  await ask();
  stored = newest;
  t.match(await ask(), { status: 200 });
  t.match(await ask(), { status: 200 });
  t.same(keys().slice(3), ['oldest', 'newest', 'newest']);
});

t.test('versions of one object are remembered apart', async (t) => {
  const { ask, keys } = await standOf(t, (came) => (came < 4 ? oldest : middle));
  await ask({ target: '/ring/a?versionId=1' });
  await ask({ target: '/ring/a?versionId=2' });
  await ask({ target: '/ring/a?versionId=2' });
  t.same(keys(), ['newest', 'middle', 'oldest', 'newest', 'middle', 'middle']);
});

t.test('when none fits, the first is tried once more, and the last answer stands', async (t) => {
  const { ask, keys } = await standOf(t, foreign);
  t.match(await ask(), { status: 403, text: /correct secret key/, log: { attempts: 4 } });
  t.same(keys(), ['newest', 'middle', 'oldest', 'newest']);
  const single = await standOf(t, foreign, { ring: [newest] });
  t.match(await single.ask(), { status: 403, text: /correct secret key/, log: { attempts: 1 } });
});

t.test('an object that is overwritten under the first key while the others are tried is read', async (t) => {
  const { ask } = await standOf(t, (came) => (came < 2 ? oldest : newest), { ring: [newest, middle] });
  t.match(await ask(), { status: 200, log: { attempts: 3, ssecKeyId: 'newest' } });
});

t.test('nothing but a wrong key lets the next one try, nor is anything else remembered', async (t) => {
  for (const [stored, status] of [
    ['missing', 404],
    ['forbidden', 403],
  ] as const) {
    const { ask, keys } = await standOf(t, stored);
    t.match(await ask(), { status, text: /<Code>/ }, stored);
    t.match(await ask({ method: 'HEAD' }), { status }, stored);
    t.notOk(keys().includes('middle'), stored);
  }
});

t.test(
  'where a store says the same of a key and of a permission, the ring is tried to its end',
  async (t) => {
    const { ask, keys } = await standOf(t, 'forbidden', { manner: 'minio' });
    t.match(await ask(), { status: 403, log: { attempts: 4 } });
    t.same(keys(), ['newest', 'middle', 'oldest', 'newest']);
    const { ask: find } = await standOf(t, oldest, { manner: 'minio' });
    t.match(await find(), { status: 200, log: { ssecKeyId: 'oldest' } });
  },
);

t.test('conditions, ranges and versions go along with each try', async (t) => {
  const { ask, came } = await standOf(t, oldest);
  const headers = { 'If-Match': '"e"', Range: 'bytes=0-0' };
  t.match(await ask({ target: '/ring/a?versionId=7&partNumber=2', headers }), { status: 206 });
  t.equal(came.length, 3);
  for (const one of came) {
    t.equal(one.url, '/ring/a?versionId=7&partNumber=2');
    t.match(one.headers, { 'if-match': '"e"', range: 'bytes=0-0' });
  }
});

t.test('of a HEAD that fails, one GET of a byte tells why', async (t) => {
  const { ask, came, keys } = await standOf(t, oldest);
  const headers = { 'If-None-Match': '"e"', 'x-amz-expected-bucket-owner': '1' };
  t.match(await ask({ method: 'HEAD', target: '/ring/a?versionId=7&partNumber=2', headers }), {
    status: 200,
  });
  t.same(
    came.map(({ method }) => method),
    ['HEAD', 'GET', 'HEAD', 'HEAD'],
  );
  t.same(keys(), ['newest', 'newest', 'middle', 'oldest']);
  const asked = came[1];
  t.equal(asked?.url, '/ring/a?versionId=7');
  t.match(asked?.headers, { range: 'bytes=0-0', 'x-amz-expected-bucket-owner': '1' });
  t.notOk(asked?.headers['if-none-match']);
  t.match(await ask({ method: 'HEAD', target: '/ring/a?versionId=7' }), {
    status: 200,
    log: { attempts: 1 },
  });
});

t.test(
  'a plain object is refused under an encrypting rule, whether the store tells or serves it',
  async (t) => {
    for (const manner of ['aws', 'ceph'] as const) {
      for (const method of ['GET', 'HEAD']) {
        const { ask, keys } = await standOf(t, 'plain', { manner });
        const got = await ask({ method });
        t.match(
          got,
          { status: 403, code: 'AccessDenied', log: { cause: /stored in plain.*rules\[0\]/ } },
          manner,
        );
        t.notOk(keys().includes('none'), 'nobody asks for it without a key');
      }
    }
  },
);

t.test('plainReads: allow serves it, and says so', async (t) => {
  for (const manner of ['aws', 'ceph'] as const) {
    for (const method of ['GET', 'HEAD']) {
      const { ask, metrics } = await standOf(t, 'plain', { manner, plainReads: 'allow' });
      const got = await ask({ method });
      t.match(got, { status: 200, log: { plain: true } }, `${method} ${manner}`);
      t.equal(got.log.ssecKeyId, undefined);
      t.match(await metrics(), 'ssec_proxy_plain_reads_total 1');
    }
  }
  const generic = await standOf(t, 'plain', { plainReads: 'allow', provider: 'generic' });
  t.match(await generic.ask(), { status: 200, log: { plain: true, attempts: 4 } });
});

t.test('a refusal without a key that the provider does not list leaves no connection busy', async (t) => {
  const stored = (came: number): Stored => (came === 2 ? 'forbidden' : 'plain');
  const { ask, keys } = await standOf(t, stored, {
    plainReads: 'allow',
    provider: 'garage',
    manner: 'garage',
  });
  t.match(await ask(), { status: 400, log: { attempts: 3 } });
  t.same(keys(), ['newest', 'none', 'newest']);
});

t.test('plainReads: allow changes nothing for what is encrypted', async (t) => {
  const { ask, keys } = await standOf(t, foreign, { plainReads: 'allow' });
  t.match(await ask(), { status: 403 });
  t.notOk(keys().includes('none'));
  const raced = await standOf(t, (came) => (came === 1 ? 'plain' : newest), { plainReads: 'allow' });
  t.match(await raced.ask(), { status: 200, log: { ssecKeyId: 'newest' } });
  t.same(raced.keys(), ['newest', 'none', 'newest']);
});

t.test('an answer for another key than the one that was sent is not passed on', async (t) => {
  const { ask } = await standOf(t, 'liar', { plainReads: 'allow' });
  t.match(await ask(), { status: 500, code: 'InternalError', log: { attempts: 1 } });
});

const SELECT = { method: 'POST', target: '/ring/a?select&select-type=2', body: '<x/>' };

t.test('the key of a read with a body is found beforehand, and known the next time', async (t) => {
  const { ask, came, keys } = await standOf(t, oldest);
  t.match(await ask(SELECT), { status: 200, log: { ssecKeyId: 'oldest' } });
  t.match(await ask(SELECT), { status: 200, log: { attempts: 1 } });
  t.same(
    came.map(({ method }) => method),
    ['GET', 'GET', 'GET', 'POST', 'POST'],
  );
  t.same(keys().slice(2), ['oldest', 'oldest', 'oldest']);
  let stored: Stored = oldest;
  const stale = await standOf(t, () => stored);
  await stale.ask(SELECT);
  stored = newest;
  t.match(await stale.ask(SELECT), { status: 403 }, 'what was remembered may be wrong once');
  t.match(await stale.ask(SELECT), { status: 200, log: { ssecKeyId: 'newest' } });
  const plain = await standOf(t, 'plain', { plainReads: 'allow' });
  t.match(await plain.ask(SELECT), { status: 200 });
  t.same(plain.keys(), ['newest', 'none']);
});

for (const method of ['GET', 'HEAD'])
  t.test(`a ${method} with a body is sent once, with the key that was found before`, async (t) => {
    const { ask, came } = await standOf(t, oldest);
    t.match(await ask({ method, body: 'body' }), { status: 200, log: { ssecKeyId: 'oldest' } });
    t.equal(came.filter(({ headers }) => headers['content-length'] === '4').length, 1);
    const plain = await standOf(t, 'plain', { manner: 'ceph' });
    t.match(await plain.ask({ method, body: 'body' }), { status: 403, code: 'AccessDenied' });
    // Overwritten in plain, when its key had been found.
    const raced = await standOf(t, (n) => (n < 4 ? oldest : 'plain'), { manner: 'ceph' });
    t.match(await raced.ask({ method, body: 'body' }), { status: 403, code: 'AccessDenied' });
  });

t.test('a copy with a body is not sent again without it', async (t) => {
  const { ask, keys } = await standOf(t, oldest);
  const headers = { 'x-amz-copy-source': 'ring/b' };
  const copy = { method: 'PUT', target: '/off/a', headers };
  t.match(await ask(copy), { status: 200 });
  t.match(await ask({ ...copy, target: '/off/b', body: 'body' }), { status: 200 }, 'the key is known');
  const unknown = await standOf(t, oldest);
  t.match(await unknown.ask({ ...copy, body: 'body' }), { status: 400, code: 'InvalidRequest' });
  t.same(keys().length, 4);
});

t.test('where a store serves plain objects, what has no echo of its own is looked at first', async (t) => {
  const attributes = { target: '/ring/a?attributes', headers: { 'x-amz-object-attributes': 'ETag' } };
  const { ask, came } = await standOf(t, 'plain', { manner: 'ceph' });
  t.match(await ask(attributes), { status: 403, code: 'AccessDenied' });
  t.same(
    came.map(({ url }) => url),
    ['/ring/a'],
  );
  const sealed = await standOf(t, middle, { manner: 'ceph' });
  t.match(await sealed.ask(attributes), { status: 200, log: { ssecKeyId: 'middle' } });
  const aws = await standOf(t, middle);
  t.match(await aws.ask(attributes), { status: 200, log: { attempts: 2 } });
});

t.test('of a copy the source goes by the ring, and the target has its one key', async (t) => {
  const copy = { method: 'PUT', target: '/ring/b', headers: { 'x-amz-copy-source': '/ring/a?versionId=3' } };
  const { ask, came, keys } = await standOf(t, oldest);
  t.match(await ask(copy), { status: 200, log: { attempts: 3, ssecKeyId: 'oldest' } });
  t.same(keys(), ['newest', 'middle', 'oldest']);
  const targets = new Set(
    came.map(({ headers }) => headers['x-amz-server-side-encryption-customer-key-md5']),
  );
  t.same([...targets], [newest.md5]);
  t.match(await ask({ target: '/ring/a?versionId=3' }), { log: { attempts: 1 } }, 'and it is remembered');
  const plain = await standOf(t, 'plain', { plainReads: 'allow' });
  t.match(await plain.ask({ ...copy, target: '/off/b' }), { status: 200, log: { plain: true } });
  const denied = await standOf(t, 'plain');
  t.match(await denied.ask(copy), { status: 403, code: 'AccessDenied' });
});
