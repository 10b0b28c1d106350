import type { IncomingMessage } from 'node:http';
import t from 'tap';
import { eventually, exchangeOf, httpStore, MIB, RawClient, settled, startWire } from '../e2e/wire.ts';

/** More than all socket buffers of the machine between a client and the store hold. */
const LARGE = 64 * MIB;
/** What those buffers hold at most: four of them, of up to 6 MiB each, and some in the streams. */
const BUFFERED = 32 * MIB;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

t.test('a slow store pauses the client', async (t) => {
  let upload: IncomingMessage | undefined;
  const store = await httpStore(t, (request, response) => {
    upload = request;
    request.on('end', () => response.end());
  });
  const { port } = await startWire(t, store);
  const client = new RawClient(t, port).send(['PUT /secret/large HTTP/1.1', `Content-Length: ${LARGE}`]);
  let sent = 0;
  let accepted = 0;
  const feed = (): void => {
    if (sent >= LARGE) return;
    sent += CHUNK.length;
    client.socket.write(CHUNK, () => {
      accepted += CHUNK.length;
      feed();
    });
  };
  feed();
  await eventually(() => upload !== undefined);
  const held = await settled(() => accepted);
  t.ok(held < BUFFERED, `the client could send ${held} of ${LARGE} bytes`);
  let arrived = 0;
  upload?.on('data', (chunk: Buffer) => {
    arrived += chunk.length;
  });
  t.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 200 /, 'it goes on when the store does');
  t.equal(arrived, LARGE);
});

t.test('a slow client pauses the store', async (t) => {
  let written = 0;
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': LARGE });
    const fill = (): void => {
      while (written < LARGE) {
        written += CHUNK.length;
        if (!response.write(CHUNK)) {
          response.once('drain', fill);
          return;
        }
      }
      response.end();
    };
    fill();
  });
  const { port } = await startWire(t, store);
  const client = new RawClient(t, port).send(['GET /secret/large HTTP/1.1', 'Connection: close']);
  client.socket.removeAllListeners('data').pause();
  await eventually(() => written > 0);
  const held = await settled(() => written);
  t.ok(held < BUFFERED, `the store could send ${held} of ${LARGE} bytes`);
  let arrived = 0;
  client.socket.on('data', (chunk) => {
    arrived += chunk.length;
  });
  client.socket.resume();
  await client.closed;
  t.ok(arrived > LARGE, 'it goes on when the client does');
});

t.test('a client that leaves in mid-upload ends the request to the store', async (t) => {
  let upload: IncomingMessage | undefined;
  const store = await httpStore(t, (request) => {
    upload = request.on('error', () => undefined).resume();
  });
  const { port, log } = await startWire(t, store);
  const client = new RawClient(t, port).send(['PUT /secret/a HTTP/1.1', 'Content-Length: 1000'], 'half');
  await eventually(() => upload !== undefined);
  client.socket.destroy();
  await eventually(() => upload?.destroyed === true && log.length > 0);
  t.match(upload, { destroyed: true, complete: false });
  t.match(log, [{ code: 'ClientLeft' }]);
});

t.test('a client that leaves in mid-download ends the request to the store', async (t) => {
  let ended = false;
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half');
    response.once('close', () => {
      ended = true;
    });
  });
  const { port, log } = await startWire(t, store);
  const client = new RawClient(t, port).send(['GET /secret/a HTTP/1.1']);
  await client.until(/half/);
  client.socket.destroy();
  await eventually(() => ended && log.length > 0);
  t.ok(ended);
  t.match(log, [{ code: 'ClientLeft' }]);
});

t.test('a client that leaves before the store answers ends the request to the store', async (t) => {
  let ended = false;
  const store = await httpStore(t, (_request, response) => {
    response.once('close', () => {
      ended = true;
    });
  });
  const { port, log } = await startWire(t, store);
  const client = new RawClient(t, port).send(['GET /secret/a HTTP/1.1']);
  await eventually(() => store.requests.length > 0);
  client.socket.destroy();
  await eventually(() => ended && log.length > 0);
  t.ok(ended);
  t.match(log, [{ status: 499 }]);
  t.equal(store.requests.length, 1, 'nobody asks again for a client that is gone');
});

for (const [framing, headers] of [
  ['a length', { 'content-length': 1000 }],
  ['chunks', {}],
] as const) {
  t.test(`a store that dies in mid-body, with ${framing}, is not a success for the client`, async (t) => {
    const store = await httpStore(t, (_request, response) => {
      response.writeHead(200, headers).write('half');
    });
    const { port, log } = await startWire(t, store);
    const client = new RawClient(t, port).send(['GET /secret/a HTTP/1.1']);
    await client.until(/half/);
    store.requests[0]?.socket.destroy();
    await client.closed;
    t.match(client.received, /^HTTP\/1\.1 200 [\s\S]*half/);
    t.notMatch(client.received, /\r\n0\r\n\r\n$/, 'the last chunk never comes');
    t.ok(client.received.length < 1000, 'nor does the stated length');
    await eventually(() => log.length > 0);
    const cause = 'the store ended the connection in the middle of its answer';
    t.match(log, [{ level: 'warn', code: 'Truncated', status: 200, cause }]);
    t.equal(store.requests.length, 1);
  });
}

t.test('an answer before the body has ended: a refusal is relayed, and a success is none', async (t) => {
  const xml = '<Error><Code>AccessDenied</Code><Message>No.</Message></Error>';
  for (const [status, body, got] of [
    [403, xml, 403],
    [200, 'early', 503],
  ] as const) {
    const store = await httpStore(t, (request, response) => {
      request.on('error', () => undefined).resume();
      response.writeHead(status, { 'content-length': body.length }).end(body);
    });
    const { port } = await startWire(t, store);
    const client = new RawClient(t, port).send(['PUT /secret/a HTTP/1.1', 'Content-Length: 1000'], 'some');
    await client.until(/<\/Error>/);
    t.match(client.received, new RegExp(`^HTTP/1\\.1 ${got} `));
    t.match(client.received, /\r\nconnection: close\r\n/i);
    client.socket.write('x'.repeat(996));
    await client.closed;
    await eventually(() => store.requests[0]?.socket.destroyed === true);
    t.ok(store.requests[0]?.socket.destroyed, 'the connection to the store ends too');
  }
});

t.test('what a client still sends does not reach a store that has answered', async (t) => {
  let read = 0;
  const store = await httpStore(t, (request, response) => {
    request.on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    request.on('error', () => undefined);
    response.writeHead(403, { 'content-length': 0 }).end();
  });
  const { port } = await startWire(t, store);
  const client = new RawClient(t, port).send(['PUT /secret/a HTTP/1.1', `Content-Length: ${LARGE}`], 'some');
  await client.until(/HTTP/);
  for (let i = 0; i < 16; i += 1) client.socket.write(CHUNK);
  await client.closed;
  t.ok(read < MIB, `the store read ${read} bytes`);
});

t.test('raw targets reach the store as the strict encoding of the same bytes', async (t) => {
  const seen: string[] = [];
  const store = await httpStore(t, (request, response) => {
    seen.push(request.url ?? '');
    response.end();
  });
  const { port } = await startWire(t, store);
  const targets = {
    '/secret//a//b': '/secret//a//b',
    '/secret/./../x/..': '/secret/./../x/..',
    "/secret/{}|^'": '/secret/%7B%7D%7C%5E%27',
    '/secret/back\\slash': '/secret/back%5Cslash',
    '/secret/a%2Fb%2fc': '/secret/a/b/c',
    '/secret/a%252Fb': '/secret/a%252Fb',
    '/secret/a+b%2Bc%20d': '/secret/a%2Bb%2Bc%20d',
    '/secret/%c3%A4?response-expires=a%2fb+c': '/secret/%C3%A4?response-expires=a%2Fb%20c',
    '/secret/a?tagging': '/secret/a?tagging',
    '/secret/a?tagging=': '/secret/a?tagging=',
  };
  for (const target of Object.keys(targets)) await exchangeOf(t, port, [`GET ${target} HTTP/1.1`]);
  t.same(seen, Object.values(targets));
});
