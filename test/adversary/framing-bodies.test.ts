import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { eventually, httpStore, RawClient } from '../e2e/wire.ts';
import { strictStore } from './strict-store.ts';
import { sendRaw, startTarget } from './target-proxy.ts';

const HOST = 'Host: 127.0.0.1';
const NEXT = `GET /plain/next HTTP/1.1\r\n${HOST}\r\n\r\n`;

const put = (objectKey: string, length: number, ...fields: string[]): string =>
  [`PUT /${objectKey} HTTP/1.1`, HOST, `Content-Length: ${length}`, ...fields, '', ''].join('\r\n');

const answersIn = (received: string): number => received.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0;

t.test('what stands behind a refused body is not a request, however it comes', async (t) => {
  const store = await strictStore(t);
  const { port } = await startTarget(t, store);
  const refusals = {
    'no length': [
      `PUT /plain/a HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      `0\r\n\r\n${NEXT}`,
    ],
    'no rule': [put('nobodys/a', 4), `body${NEXT}`],
    'no such operation': [put('plain/a?unknown', 4), `body${NEXT}`],
    'no target': [put('a', 4).replace('PUT /', 'PUT http://'), `body${NEXT}`],
    'no Host': [put('plain/a', 4).replace(`${HOST}\r\n`, ''), `body${NEXT}`],
    'a body that is a request': [put('nobodys/a', NEXT.length), NEXT + NEXT],
  };
  for (const [name, [head = '', rest = '']] of Object.entries(refusals)) {
    for (const pieces of [
      [head + rest],
      [head, rest],
      [head, ...rest.split(/(?<=\n)/)],
      (head + rest).split(''),
    ]) {
      const { received, ended } = await sendRaw({ port, pieces });
      t.match(received, /^HTTP\/1\.1 4\d\d |^HTTP\/1\.1 501 /, name);
      t.equal(answersIn(received), 1, `${name}: one answer`);
      t.ok(ended, `${name}: the connection ends`);
    }
  }
  t.same(store.arrived, []);
});

t.test('requests behind a good one are all served, in order', async (t) => {
  const store = await strictStore(t);
  const { port } = await startTarget(t, store);
  const stream = `${put('plain/1', 4)}one.GET /plain/2 HTTP/1.1\r\n${HOST}\r\n\r\n${put('secret/3', 6)}three.${NEXT}`;
  for (const pieces of [[stream], stream.split('')]) {
    const before = store.arrived.length;
    const { received } = await sendRaw({ port, pieces, enough: (received) => answersIn(received) === 4 });
    t.equal(received.match(/HTTP\/1\.1 200 OK/g)?.length, 4);
    t.same(
      store.arrived.slice(before).map(({ method, target, body }) => [method, target, body]),
      [
        ['PUT', '/plain/1', 'one.'],
        ['GET', '/plain/2', ''],
        ['PUT', '/secret/3', 'three.'],
        ['GET', '/plain/next', ''],
      ],
    );
  }
  t.same(store.faults, []);
});

t.test('a write waits for the answers before it, and the answers after a write wait for that', async (t) => {
  const order: string[] = [];
  const store = await httpStore(t, (request, response) => {
    order.push(`${request.method} began`);
    setTimeout(() => {
      order.push(`${request.method} ended`);
      response.end();
    }, 20);
  });
  const { port } = await startTarget(t, store);
  const bare = (method: string): string => `${method} /plain/a HTTP/1.1\r\n${HOST}\r\n\r\n`;
  const pieces = [bare('GET') + bare('DELETE') + bare('HEAD')];
  await sendRaw({ port, pieces, enough: (received) => answersIn(received) === 3 });
  const expected = ['GET', 'DELETE', 'HEAD'].flatMap((method) => [`${method} began`, `${method} ended`]);
  t.same(order, expected);
});

t.test('a write behind the last answer of a connection is not done', async (t) => {
  const store = await httpStore(t, (request, response) => request.resume().on('end', () => response.end()));
  const { port } = await startTarget(t, store);
  const last = `GET /plain/a HTTP/1.1\r\n\r\nDELETE /plain/b HTTP/1.1\r\n${HOST}\r\n\r\n`;
  t.match(await sendRaw({ port, pieces: [last] }), { received: /^HTTP\/1\.1 400 /, ended: true });
  t.equal(store.requests.length, 0);
});

t.test('nothing beyond the declared length is written to the store', async (t) => {
  const store = await strictStore(t);
  const { port } = await startTarget(t, store);
  for (const pieces of [
    [`${put('plain/a', 4)}bodySURPLUS`],
    [put('plain/a', 4), 'bodySURPLUS'],
    [put('plain/a', 4), 'bo', 'dySUR', 'PLUS'],
    [`${put('plain/a', 4)}body`, `SURPLUS\r\n\r\n${NEXT}`],
  ]) {
    const { received, ended } = await sendRaw({
      port,
      pieces,
      enough: (text) => answersIn(text) === 2,
      halfClose: true,
    });
    t.notMatch(received, /HTTP.*HTTP\/1\.1 200/s, 'only one is served');
    t.ok(ended || /HTTP\/1\.1 400/.test(received));
  }
  t.notMatch(store.bytes(), /SURPLUS|next/);
  for (const { body } of store.arrived) t.equal(body, 'body');
  t.equal(
    store.arrived.every(({ target }) => target === '/plain/a'),
    true,
  );
});

t.test('a body that ends too early never becomes a whole request at the store', async (t) => {
  const store = await strictStore(t);
  const { port } = await startTarget(t, store);
  for (const halfClose of [true, false]) {
    for (const bucket of ['plain', 'secret']) {
      const client = new RawClient(t, port);
      client.socket.write(`${put(`${bucket}/a`, 1000)}half of it`);
      const broken = store.broken();
      const bytes = store.bytes().length;
      await eventually(() => store.bytes().slice(bytes).includes('half of it'));
      if (halfClose) client.socket.end();
      else client.socket.resetAndDestroy();
      await eventually(() => store.broken() > broken);
      t.equal(store.broken(), broken + 1, 'the store sees its connection end');
      t.notMatch(client.received, / 200 /);
    }
  }
  t.same(store.arrived, []);
});

t.test('garbage behind a running answer never shows up in it', async (t) => {
  let proceed = (): void => undefined;
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 8 }).write('half');
    proceed = () => response.end('more');
  });
  const { port } = await startTarget(t, store);
  for (const garbage of [
    'GARBAGE\r\n\r\n',
    'GET /plain/b HTTP/1.1\r\nBroken field\r\n\r\n',
    '\x00'.repeat(100),
  ]) {
    const client = new RawClient(t, port);
    client.socket.write('GET /plain/a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await client.until(/half$/);
    client.socket.write(garbage, 'latin1');
    await pause(20);
    proceed();
    await client.closed;
    t.match(client.received, /\r\n\r\nhalf(more)?$/);
    t.equal(answersIn(client.received), 1);
  }
});

t.test('what stands behind a request with Connection: close leaves its answer alone', async (t) => {
  const store = await strictStore(t);
  const { port } = await startTarget(t, store);
  for (const rest of ['\r\n', 'GARBAGE', NEXT]) {
    const pieces = [`GET /plain/a HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n${rest}`];
    const { received, ended } = await sendRaw({ port, pieces });
    t.match(received, /^HTTP\/1\.1 200 OK\r\n/);
    t.equal(answersIn(received), 1);
    t.ok(ended);
  }
  t.equal(store.arrived.length, 3);
});
