import t, { type Test } from 'tap';
import { PROVIDERS } from '../../../src/s3/providers.ts';
import { type Ask, ask, type Front, type Got, SSEC_PREFIX, startFront } from '../../adversary/support.ts';
import { eventually, RawClient } from '../../e2e/wire.ts';
import { testSsecKey } from '../../support/snapshot.ts';
import { type AppendableStore, appendableStore } from './appendable-store.ts';

const OLD = testSsecKey('old');
const NEW = testSsecKey('new');
const LOST = testSsecKey('lost');

type Rules = NonNullable<Parameters<typeof startFront>[1]['rules']>;

function frontOf(t: Test, { port }: AppendableStore, rules: Rules): Promise<Front> {
  return startFront(t, { port, provider: PROVIDERS.obs, upstream: { addressing: 'path' }, rules });
}

const under = (...ring: [typeof OLD, ...(typeof OLD)[]]): Rules => [{ bucket: 'secret', encrypt: ring }];

const append = (position: number | string, body: string, more: Partial<Ask> = {}): Ask => ({
  method: 'POST',
  target: `/secret/log?append&position=${position}`,
  body,
  ...more,
});
const nextOf = ({ head }: Got): string | undefined =>
  /^x-obs-next-append-position: (\d+)\r?$/im.exec(head)?.[1];

t.test('an object grows under the key that it began with, across a rotation and a new process', async (t) => {
  const store = await appendableStore(t);
  const before = await frontOf(t, store, under(OLD));
  const first = await ask(t, before.port, append(0, 'one,'));
  t.match(first, { status: 200 });
  t.equal(nextOf(first), '4', 'the client is told where the next one goes');
  t.match(await ask(t, before.port, append(4, 'two,')), { status: 200 });
  t.same(
    store.asked.map((one) => one.split(' ')[0]),
    ['POST', 'POST'],
    'what the last append told needs no HEAD',
  );

  const after = await frontOf(t, store, under(NEW, OLD));
  const third = await ask(t, after.port, append(8, 'three,'));
  t.match(third, { status: 200 });
  t.match(store.asked.slice(2), ['HEAD /secret/log', /HEAD|GET/, /./], 'a HEAD finds the key');
  const asked = store.asked.length;
  t.match(await ask(t, after.port, append(14, 'four')), { status: 200 });
  t.same(store.asked.slice(asked), ['POST /secret/log?append&position=14'], 'once');

  t.equal(store.objects.get('/secret/log')?.key, OLD.base64);
  t.match(await ask(t, after.port, { method: 'GET', target: '/secret/log' }), {
    status: 200,
    body: 'one,two,three,four',
  });
  t.match(await ask(t, after.port, append(0, 'a', { target: '/secret/other?append&position=0' })), {
    status: 200,
  });
  t.equal(store.objects.get('/secret/other')?.key, NEW.base64, 'a new one begins under the new key');
});

t.test('of two at once one wins, and nothing is lost', async (t) => {
  const store = await appendableStore(t);
  const [a, b] = [await frontOf(t, store, under(OLD)), await frontOf(t, store, under(OLD))];
  await ask(t, a.port, append(0, 'begun,'));
  const both = await Promise.all([ask(t, a.port, append(6, 'aaaa')), ask(t, b.port, append(6, 'bbbb'))]);
  t.same(
    both.map(({ status }) => status).toSorted((x, y) => x - y),
    [200, 409],
  );
  t.equal(
    both.find(({ status }) => status === 409)?.code,
    'PositionNotEqualToLength',
    "in the store's words",
  );
  t.match(store.objects.get('/secret/log')?.content, /^begun,(?:aaaa|bbbb)$/);
});

t.test('a stale memory costs one refusal, never a mixture', async (t) => {
  const store = await appendableStore(t);
  const [a, b] = [await frontOf(t, store, under(OLD)), await frontOf(t, store, under(NEW, OLD))];
  await ask(t, a.port, append(0, 'four'));
  store.objects.delete('/secret/log');
  await ask(t, b.port, append(0, 'FOUR'));
  t.equal(store.objects.get('/secret/log')?.key, NEW.base64);
  const stale = await ask(t, a.port, append(4, 'five'));
  t.match(stale, { status: 400, code: 'InvalidEncryptionAlgorithmError' });
  t.equal(store.objects.get('/secret/log')?.content, 'FOUR');
});

t.test('it is never sent twice', async (t) => {
  const store = await appendableStore(t);
  const { port } = await frontOf(t, store, under(OLD));
  await ask(t, port, append(0, 'one'));
  store.fault = 'break';
  t.match(await ask(t, port, append(3, 'two')), { status: 503 });
  t.equal(store.asked.filter((one) => one.includes('position=3')).length, 1);
  t.match(await ask(t, port, append(3, 'two')), { status: 200 }, 'but by its client');
});

t.test('nor is one of whose body nothing was sent, where a PutObject would be', async (t) => {
  const store = await appendableStore(t);
  const { port } = await frontOf(t, store, under(OLD));
  for (const [line, times] of [
    ['PUT /secret/whole', 2],
    ['POST /secret/log?append&position=0', 1],
  ] as const) {
    // A connection that was used before, as one that the store has given up.
    await ask(t, port, { method: 'PUT', target: '/secret/first', body: 'x' });
    store.fault = 'cut';
    const before = store.asked.length;
    const client = new RawClient(t, port).send([`${line} HTTP/1.1`, 'Content-Length: 4']);
    await eventually(() => store.asked.length > before);
    await client.until(/^HTTP/);
    t.match(client.received, /^HTTP\/1\.1 503 /, line);
    t.equal(store.asked.length - before, times, line);
    store.fault = 'none';
  }
});

t.test('what lies there in plain gets nothing', async (t) => {
  const store = await appendableStore(t);
  store.objects.set('/secret/log', { content: 'plain', key: undefined });
  for (const plainReads of ['allow', 'deny'] as const) {
    const rules: Rules = [{ bucket: 'secret', encrypt: [OLD], plainReads }];
    const { port } = await frontOf(t, store, rules);
    t.match(await ask(t, port, append(5, 'more')), { status: 409, code: 'ObjectNotAppendable' }, plainReads);
  }
  const own = await frontOf(t, store, [{ bucket: 'secret', encrypt: [OLD], clientHeaders: 'pass' }]);
  const headers = {
    [`${SSEC_PREFIX}algorithm`]: 'AES256',
    [`${SSEC_PREFIX}key`]: NEW.base64,
    [`${SSEC_PREFIX}key-md5`]: NEW.md5,
  };
  t.match(
    await ask(t, own.port, append(5, 'more', { headers })),
    { status: 409 },
    'with a key of the client neither',
  );
  t.notOk(store.asked.some((one) => one.startsWith('POST')));
  t.equal(store.objects.get('/secret/log')?.content, 'plain');
});

t.test('what no key of the ring opens gets nothing either, and the log says which were tried', async (t) => {
  const store = await appendableStore(t);
  store.objects.set('/secret/log', { content: 'lost', key: LOST.base64 });
  const { port, log } = await frontOf(t, store, under(NEW, OLD));
  t.match(await ask(t, port, append(4, 'more')), { status: 400, code: 'InvalidRequest' });
  t.match(log.at(-1), { op: 'AppendObject', cause: /no key of the ring opens/ });
  t.notOk(store.asked.some((one) => one.startsWith('POST')));
});

t.test('of an object that is not there the store says so itself', async (t) => {
  const store = await appendableStore(t);
  const { port } = await frontOf(t, store, under(NEW, OLD));
  t.match(await ask(t, port, append(7, 'x')), { status: 409, code: 'PositionNotEqualToLength' });
});

t.test('a position is a number of bytes', async (t) => {
  const store = await appendableStore(t);
  const { port } = await frontOf(t, store, under(OLD));
  for (const position of ['', '-1', '00', '1e3', '0x0', '1%20', '9'.repeat(20)])
    t.match(await ask(t, port, append(position, 'x')), { status: 400, code: 'InvalidArgument' }, position);
  t.match(await ask(t, port, append(0, 'x', { target: '/secret/log?append' })), {
    status: 400,
    code: 'InvalidArgument',
  });
  t.same(store.asked, []);
});

t.test('an append that is not proven fails, and closes the bucket', async (t) => {
  const store = await appendableStore(t);
  const { port } = await frontOf(t, store, under(OLD));
  await ask(t, port, append(0, 'one'));
  store.fault = 'plain';
  t.match(await ask(t, port, append(3, 'two')), { status: 500, code: 'InternalError' });
  t.match(await ask(t, port, append(6, 'three')), { status: 503 });
});
