import t from 'tap';
import { eventually, exchangeOf, httpStore, RawClient, startWire } from './wire.ts';

const KEY_MD5 = 'x-amz-server-side-encryption-customer-key-md5';

t.test('with Expect, 100 comes when the store has the head, the key in it', async (t) => {
  const store = await httpStore(t, (request, response) => request.resume().on('end', () => response.end()));
  const { port } = await startWire(t, store);
  const client = new RawClient(t, port).send([
    'PUT /secret/a HTTP/1.1',
    'Expect: 100-Continue',
    'Content-Length: 4',
  ]);
  t.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  client.socket.write('body');
  t.match(await client.until(/200 OK/), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  const [request] = store.requests;
  t.match(request?.headers, {
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'content-length': '4',
  });
  t.ok(request?.headers['x-amz-server-side-encryption-customer-key'], 'the key was injected');
  t.notOk(request?.headers.expect, 'the store is not asked for 100');
});

t.test('with Expect, a refusal comes without 100', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  const open = await startWire(t, store);
  const signed = await startWire(t, { ...store, auth: 'sigv4' });
  for (const [port, bucket] of [
    [open.port, 'nobodys'],
    [signed.port, 'secret'],
  ] as const) {
    const client = new RawClient(t, port).send([
      `PUT /${bucket}/a HTTP/1.1`,
      'Expect: 100-continue',
      'Content-Length: 4',
    ]);
    t.match(await client.until(/<\/Error>/), /^HTTP\/1\.1 403 [\s\S]*<Code>AccessDenied</);
    await client.closed;
    t.notMatch(client.received, '100 Continue');
    t.match(client.received, /connection: close/i);
  }
  t.equal(store.requests.length, 0);
});

t.test('with Expect, a store that cannot be reached is told without 100', async (t) => {
  const { port } = await startWire(t, { port: 1 });
  const client = new RawClient(t, port).send([
    'PUT /secret/a HTTP/1.1',
    'Expect: 100-continue',
    'Content-Length: 4',
  ]);
  t.match(await client.until(/<\/Error>/), /^HTTP\/1\.1 503 [\s\S]*<Code>SlowDown</);
});

t.test('fields of the hop end at the hop, in both directions', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response.setHeader('Connection', 'keep-alive, X-Store-Hop');
    response.setHeader('X-Store-Hop', 'secret of the hop');
    response.setHeader('Keep-Alive', 'timeout=999');
    response.setHeader('Proxy-Authenticate', 'Basic');
    response.setHeader('X-Store-End', 'kept');
    response.end('ok');
  });
  const { port } = await startWire(t, store);
  const client = new RawClient(t, port).send([
    'GET /plain/a HTTP/1.1',
    'Connection: close, X-Client-Hop, X-Amz-Checksum-Mode',
    'X-Client-Hop: 1',
    'X-Amz-Checksum-Mode: no client can have it taken out',
    'TE: deflate, trailers',
    'Keep-Alive: timeout=5',
    'Proxy-Authorization: Basic bm8=',
    'Proxy-Connection: keep-alive',
    'Referer: kept',
    'X-Client-End: in no list',
  ]);
  await client.closed;
  const sent = store.requests[0]?.headers ?? {};
  for (const name of [
    'x-client-hop',
    'keep-alive',
    'proxy-authorization',
    'proxy-connection',
    'x-client-end',
  ])
    t.notOk(sent[name], `${name} does not go on`);
  t.match(sent, { referer: 'kept', 'x-amz-checksum-mode': /taken out/ });
  t.match(sent, { te: 'trailers', connection: /^TE/ }, 'what this hop takes is said anew');
  t.match(client.received, /\r\nX-Store-End: kept\r\n/, 'in the spelling of the store');
  t.notMatch(client.received, /x-store-hop|timeout=999|proxy-authenticate/i);
});

t.test('a chunked body has no length and is refused', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  const { port } = await startWire(t, store);
  const lines = ['PUT /secret/a HTTP/1.1', 'Transfer-Encoding: chunked'];
  t.match(
    await exchangeOf(t, port, lines, '4\r\nbody\r\n0\r\n\r\n'),
    /^HTTP\/1\.1 411 [\s\S]*<Code>MissingContentLength</,
  );
  t.match(await exchangeOf(t, port, ['PUT /secret/a HTTP/1.1']), /^HTTP\/1\.1 411 /, 'nor has none at all');
  t.equal(store.requests.length, 0);
});

t.test('an empty body keeps its length of 0', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  const { port } = await startWire(t, store);
  t.match(await exchangeOf(t, port, ['PUT /secret/a HTTP/1.1', 'Content-Length: 0']), /^HTTP\/1\.1 200 /);
  t.match(store.requests[0]?.headers, { 'content-length': '0' });
  t.notOk(store.requests[0]?.headers['transfer-encoding']);
});

t.test('the answer to a HEAD has no body, be it an error of the store or of the proxy', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(404, { 'content-length': 77, 'content-type': 'application/xml' }).end();
  });
  const { port } = await startWire(t, store);
  for (const [bucket, status] of [
    ['secret', 404],
    ['nobodys', 403],
  ] as const) {
    const answer = await exchangeOf(t, port, [`HEAD /${bucket}/a HTTP/1.1`]);
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\n\\r\\n$`));
    t.match(answer, /x-amz-request-id: [0-9A-F]{16}\r\n/);
  }
});

t.test('every answer has a request id, and the log line has the same', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response.setHeader('x-amz-request-id', 'OF-THE-STORE');
    response.end('ok');
  });
  const { port, log } = await startWire(t, store);
  const answers = [
    await exchangeOf(t, port, ['GET /secret/a HTTP/1.1']),
    await exchangeOf(t, port, ['GET /nobodys/a HTTP/1.1']),
    await exchangeOf(t, port, ['PATCH /secret/a HTTP/1.1']),
    await exchangeOf(t, port, ['GET /secret/%zz HTTP/1.1']),
  ];
  await eventually(() => log.length === answers.length);
  const ids = answers.map((answer) => /\r\nx-amz-request-id: ([0-9A-F]{16})\r\n/.exec(answer)?.[1]);
  t.same(
    log.map(({ id }) => id),
    ids,
  );
  t.equal(new Set(ids).size, answers.length);
  t.match(log[0], { upstreamRequestId: 'OF-THE-STORE' });
  for (const answer of answers.slice(1))
    t.match(answer, /<Message>[^<]+<\/Message>[\s\S]*<RequestId>[0-9A-F]{16}<\/RequestId>/);
});

t.test('the key MD5 stays behind, the algorithm goes on', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  const { port } = await startWire(t, store);
  const answer = await exchangeOf(t, port, ['GET /secret/a HTTP/1.1']);
  t.ok(store.requests[0]?.headers[KEY_MD5]);
  t.match(answer, /x-amz-server-side-encryption-customer-algorithm: AES256\r\n/);
  t.notMatch(answer.toLowerCase(), KEY_MD5);
});

t.test('an error of the store is newly made: what else is in it stays behind', async (t) => {
  for (const [code, status, expected] of [
    ['SignatureDoesNotMatch', 403, /^HTTP\/1\.1 503 [\s\S]*<Code>ServiceUnavailable</],
    ['NoSuchKey', 404, /^HTTP\/1\.1 404 [\s\S]*<Code>NoSuchKey<\/Code><Message>Why\.</],
  ] as const) {
    const canonical = `<CanonicalRequest>customer-key:leak</CanonicalRequest><StringToSign>leak</StringToSign>`;
    const store = await httpStore(t, (request, response) => {
      const xml = `<Error><Code>${code}</Code><Message>Why.</Message>${canonical}</Error>`;
      request.resume();
      response.writeHead(status, { 'content-length': xml.length }).end(xml);
    });
    const { port, log } = await startWire(t, store);
    const answer = await exchangeOf(t, port, ['GET /secret/a HTTP/1.1']);
    t.match(answer, expected);
    t.notMatch(answer, 'leak');
    t.notMatch(JSON.stringify(log), 'leak');
  }
});

t.test('no secret comes into the log', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  const { port, log } = await startWire(t, store);
  await exchangeOf(t, port, ['GET /secret/a HTTP/1.1', 'Authorization: nobody-should-log-this']);
  await eventually(() => log.length > 0);
  const ssecKey = String(store.requests[0]?.headers['x-amz-server-side-encryption-customer-key']);
  t.equal(ssecKey.length, 44);
  const text = JSON.stringify(log);
  for (const secret of [ssecKey, 'nobody-should-log-this', 'secret-for-tests']) t.notMatch(text, secret);
});

t.test('a listener without authentication is not for web pages', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end('ok'));
  const { port } = await startWire(t, { ...store, domains: ['s3.proxy.test'] });
  const cases: readonly (readonly [string, string, number])[] = [
    ['Host: 127.0.0.1', 'X-None: 1', 200],
    [`Host: localhost:${port}`, 'X-None: 1', 200],
    ['Host: s3.proxy.test', 'X-None: 1', 200],
    ['Host: 127.0.0.1', 'Sec-Fetch-Mode: cors', 200],
    ['Host: 127.0.0.1', 'Sec-Fetch-Site: none', 403],
    ['Host: 127.0.0.1', 'Sec-Fetch-Site: same-origin', 403],
    ['Host: attacker.example', 'X-None: 1', 403],
    ['Host: 127.0.0.1.attacker.example', 'X-None: 1', 403],
    ['Host:', 'X-None: 1', 403],
    ['Host: 127.0.0.1', 'Origin: https://attacker.example', 403],
    ['Host: 127.0.0.1', 'Origin: null', 403],
    ['Host: 127.0.0.1', 'Sec-Fetch-Site: cross-site', 403],
    ['Host: 127.0.0.1', 'Sec-Fetch-Site: same-site', 403],
  ];
  for (const [host, header, status] of cases) {
    const answer = await exchangeOf(t, port, ['GET /secret/a HTTP/1.1', host, header]);
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), `${host}, ${header}`);
  }
  t.equal(store.requests.length, cases.filter(([, , status]) => status === 200).length);
});

t.test('several requests on one connection are answered in turn', async (t) => {
  const store = await httpStore(t, (request, response) =>
    request.resume().on('end', () => response.end(request.method === 'GET' ? 'ok' : '')),
  );
  const { port, log } = await startWire(t, store);
  const client = new RawClient(t, port);
  client.send(['PUT /secret/a HTTP/1.1', 'Content-Length: 4'], 'body');
  client.send(['GET /nobodys/b HTTP/1.1']);
  client.send(['GET /secret/c HTTP/1.1', 'Connection: close']);
  await client.closed;
  t.same(client.received.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 403', 'HTTP/1.1 200']);
  await eventually(() => log.length >= 3);
  t.equal(log.length, 3);
});
