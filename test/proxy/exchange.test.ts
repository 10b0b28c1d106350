import t from 'tap';
import { LatestServed } from '../../src/proxy/exchange.ts';
import { withExchange } from '../support/exchange.ts';
import { onWire, wireHeaders } from '../support/headers.ts';

const HEAD = 'GET /bucket//a/../%2F?x HTTP/1.1\r\nHost: h\r\n';

t.test('keeps the target and the headers as they came', async () => {
  const raw = `${HEAD}X-Amz-Meta-A: 1\r\nx-amz-meta-a: ${onWire('é')}\r\n\r\n`;
  await withExchange(Buffer.from(raw, 'latin1').toString('latin1'), async ({ exchange }) => {
    t.equal(exchange.received.method, 'GET');
    t.equal(exchange.rawTarget, '/bucket//a/../%2F?x');
    t.ok(exchange.received.headers.joined('x-amz-meta-a')?.startsWith('1,'));
    t.match(exchange.id, /^[0-9A-F]{16}$/);
    t.same(exchange.log, { id: exchange.id, method: exchange.received.method, remote: '127.0.0.1' });
  });
});

t.test('gives every request an id of its own', async () => {
  const ids = new Set<string>();
  for (let i = 0; i < 3; i++)
    await withExchange(`${HEAD}\r\n`, async ({ exchange }) => void ids.add(exchange.id));
  t.equal(ids.size, 3);
});

t.test('knows from the headers alone whether there is a body', async () => {
  const bodies: [head: string, body: 'none' | 'some'][] = [
    ['', 'none'],
    ['Content-Length: 0\r\n', 'none'],
    ['Content-Length: 000\r\n', 'none'],
    ['Content-Length: 1\r\n', 'some'],
    ['Content-Length: 10\r\n', 'some'],
    ['Transfer-Encoding: chunked\r\n', 'some'],
  ];
  for (const [head, body] of bodies) {
    await withExchange(`PUT /b/k HTTP/1.1\r\nHost: h\r\n${head}\r\n`, async ({ exchange }) => {
      t.equal(exchange.received.body, body, JSON.stringify(head));
    });
  }
});

t.test('notices a client that leaves', async () => {
  await withExchange(`${HEAD}\r\n`, async ({ exchange, leave }) => {
    t.notOk(exchange.signal.aborted);
    leave();
    await new Promise<void>((resolve) => exchange.signal.addEventListener('abort', resolve));
    t.ok(exchange.signal.aborted);
  });
});

t.test('takes a response that is complete for no leaving', async () => {
  await withExchange(`${HEAD}\r\n`, async ({ exchange, answer }) => {
    t.match(await answer(), /^HTTP\/1\.1 200 OK/);
    t.notOk(exchange.signal.aborted);
  });
});

t.test('knows whose request it is, also when the connection has gone', async () => {
  await withExchange(`${HEAD}\r\n`, async ({ exchange, leave }) => {
    leave();
    await new Promise<void>((resolve) => exchange.signal.addEventListener('abort', resolve));
    t.equal(exchange.remote, '127.0.0.1');
    t.equal(exchange.log.remote, '127.0.0.1');
  });
});

t.test('one request of an operation is kept, and of few operations', async (t) => {
  const latest = new LatestServed();
  const headers = wireHeaders({});
  for (let round = 0; round < 3; round += 1)
    for (const operation of ['GetObject', 'PutObject']) latest.keep(operation, headers, round);
  t.equal(latest.size, 2);
  for (let i = 0; i < 100; i += 1) {
    latest.keep(`Operation${i}`, headers, i);
    t.ok(latest.size <= 16);
  }
});

t.test('a request that brought a key is not kept', async (t) => {
  const latest = new LatestServed();
  for (const name of [
    'x-amz-server-side-encryption-customer-key',
    'x-amz-copy-source-server-side-encryption-customer-key',
  ])
    latest.keep('GetObject', wireHeaders({ [name]: 'of a client' }), name);
  t.equal(latest.size, 0);
});
