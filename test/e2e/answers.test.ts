import { createHash } from 'node:crypto';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { bytesOf, crcOf, type Framing, framed, headerSigned } from '../support/wire-requests.ts';
import { type BodyStand, CLIENT, hostOf, OWNER, signingAs, startBodyStand } from './body-stand.ts';
import { eventually, exchangeOf, httpStore, MIB, settled, socketStore } from './wire.ts';

/** What comes back is what the client would see without the proxy. */

const SCHEMES = ['http', 'https'] as const;
type Scheme = (typeof SCHEMES)[number];
const AGENTS = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
t.teardown(() => {
  for (const agent of Object.values(AGENTS)) agent.destroy();
});
type Headers = Readonly<Record<string, string>>;

interface Answered {
  readonly response: IncomingMessage;
  readonly body: Buffer;
}

interface Question {
  readonly scheme: Scheme;
  readonly port: number;
  readonly ca: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Headers;
  readonly as?: typeof OWNER;
}

function begin({
  scheme,
  port,
  ca,
  method = 'GET',
  path,
  headers = {},
  as = CLIENT,
}: Question): http.ClientRequest {
  const { TE, ...signed } = headers;
  const asked = headerSigned({ method, path, host: hostOf(port), headers: signed }, '', signingAs(as));
  const fields = Object.fromEntries(asked.headers.map(({ name, value }) => [name, value]));
  const options: RequestOptions & https.RequestOptions = {
    method,
    host: '127.0.0.1',
    port,
    path,
    headers: TE === undefined ? fields : { ...fields, TE, connection: 'TE, keep-alive' },
    agent: AGENTS[scheme],
    ca,
  };
  return scheme === 'https' ? https.request(options) : http.request(options);
}

function ask(question: Question): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = begin(question);
    request.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject).on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ response, body: Buffer.concat(chunks) }));
    });
    request.end();
  });
}

/** Uploads in a framing, over the wire's own bytes. */
function upload(
  { ports, ca }: BodyStand,
  scheme: Scheme,
  path: string,
  data: string,
  { framing, coding, headers = {} }: { framing: Framing; coding?: string | undefined; headers?: Headers },
): Promise<number> {
  const port = ports[scheme];
  const asked = { method: 'PUT', path, host: hostOf(port), headers };
  const request = framed(asked, data, signingAs(CLIENT), { framing, contentEncoding: coding });
  const fields = Object.fromEntries(request.headers.map(({ name, value }) => [name, value]));
  const options = {
    method: 'PUT',
    host: '127.0.0.1',
    port,
    path,
    headers: fields,
    agent: AGENTS[scheme],
    ca,
  };
  return new Promise((resolve, reject) => {
    const sent = scheme === 'https' ? https.request(options) : http.request(options);
    sent.on('error', reject).on('response', (response) => resolve(response.resume().statusCode ?? 0));
    const bytes = bytesOf(request);
    sent.end(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4));
  });
}

const SSEC_HEADERS = {
  'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  'x-amz-server-side-encryption-customer-key': createHash('sha256').update('test key one').digest('base64'),
  'x-amz-server-side-encryption-customer-key-md5': createHash('md5')
    .update(createHash('sha256').update('test key one').digest())
    .digest('base64'),
};

/** What is the proxy's own on the way back: ids, the clock, and what would show the key or the store. */
const OWN =
  /^(x-amz-request-id|x-amz-id-2|date|connection|keep-alive|server|x-amz-server-side-encryption-customer-key-md5)$/;

function ofTheStore({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders
    .flatMap((name, i) => (i % 2 === 1 ? [] : [`${name}: ${rawHeaders[i + 1]}`]))
    .filter((line) => !OWN.test(line.slice(0, line.indexOf(':')).toLowerCase()));
}

t.test('a GET answers as the store does, with checksum mode, append-md5, ranges and overrides', async (t) => {
  const stand = await startBodyStand(t, { provider: 'aws' });
  const data = 'what is in an object, '.repeat(5000);
  const about = { 'content-type': 'text/x-test', 'x-amz-meta-colour': 'blue', 'cache-control': 'no-cache' };
  const asks: readonly (readonly [headers: Headers, bytes: number])[] = [
    [{}, data.length],
    [{ 'x-amz-checksum-mode': 'ENABLED' }, data.length],
    [{ 'x-amz-te': 'append-md5' }, data.length + 16],
    [{ 'x-amz-te': 'append-md5', range: 'bytes=100-40099' }, 40_016],
    [{ range: 'bytes=5-9', 'x-amz-checksum-mode': 'ENABLED' }, 5],
    [{ TE: 'trailers' }, data.length],
  ];
  for (const scheme of SCHEMES) {
    for (const bucket of ['secret', 'plain']) {
      const path = `/${bucket}/${scheme}`;
      t.equal(await upload(stand, scheme, path, data, { framing: 'unsigned trailer', headers: about }), 200);
      for (const [headers, bytes] of asks) {
        const there = { scheme, port: stand.ports[scheme], ca: stand.ca, path };
        const { response, body } = await ask({ ...there, headers });
        const ssecHeaders = bucket === 'secret' ? SSEC_HEADERS : {};
        const store = { ...there, scheme: 'https' as const, port: stand.sandbox?.port ?? 0, as: OWNER };
        const direct = await ask({ ...store, headers: { ...headers, ...ssecHeaders } });
        const what = `${path} ${JSON.stringify(headers)}`;
        t.equal(direct.body.length, bytes, what);
        const shown = ofTheStore(direct.response).map((line) =>
          bucket === 'secret' ? line.replace(/^ETag: "(.*)"$/, 'ETag: "$1-0"') : line,
        );
        t.strictSame(ofTheStore(response), shown, what);
        t.ok(body.equals(direct.body), `the body of ${what}`);
        t.equal(response.statusCode, direct.response.statusCode, what);
        const head = await ask({ ...there, headers, method: 'HEAD' });
        t.equal(head.body.length, 0);
      }
      const { response } = await ask({
        scheme,
        port: stand.ports[scheme],
        ca: stand.ca,
        path,
        headers: { 'x-amz-checksum-mode': 'ENABLED' },
      });
      t.equal(response.headers['x-amz-checksum-crc32'], crcOf(data), 'the checksum is that of the plaintext');
    }
  }
});

t.test('append-md5: the 16 bytes are the MD5 of what stands before them', async (t) => {
  const stand = await startBodyStand(t, { provider: 'aws' });
  for (const scheme of SCHEMES) {
    for (const data of ['', 'x', 'an object '.repeat(20_000)]) {
      t.equal(await upload(stand, scheme, '/secret/md5', data, { framing: 'chunks and trailer' }), 200);
      const { response, body } = await ask({
        scheme,
        port: stand.ports[scheme],
        ca: stand.ca,
        path: '/secret/md5',
        headers: { 'x-amz-te': 'append-md5' },
      });
      t.match(response.headers, {
        'x-amz-transfer-encoding': 'append-md5',
        'content-length': String(data.length + 16),
      });
      t.equal(body.subarray(0, -16).toString('latin1'), data);
      t.ok(body.subarray(-16).equals(createHash('md5').update(data).digest()), `${data.length} bytes`);
    }
  }
});

t.test("the object's own Content-Encoding stays, and the framing's is not one", async (t) => {
  const text = gzipSync('what was compressed by the client '.repeat(1000)).toString('latin1');
  const codings: readonly (readonly [sent: string | undefined, kept: string | undefined])[] = [
    ['aws-chunked,gzip', 'gzip'],
    ['gzip, aws-chunked', 'gzip'],
    ['gzip, br', 'gzip, br'],
    [undefined, undefined],
  ];
  for (const provider of ['aws', 'ceph'] as const) {
    const stand = await startBodyStand(t, { provider });
    for (const scheme of SCHEMES) {
      for (const framing of ['chunks', 'chunks and trailer', 'unsigned trailer'] as const) {
        for (const [coding, kept] of codings) {
          const what = `${provider}, ${scheme}, ${framing}, ${coding}`;
          const path = '/secret/coded';
          t.equal(await upload(stand, scheme, path, text, { framing, coding }), 200, what);
          const { response, body } = await ask({ scheme, port: stand.ports[scheme], ca: stand.ca, path });
          t.equal(response.headers['content-encoding'], kept, what);
          t.equal(response.headers['content-length'], String(text.length), what);
          t.equal(body.toString('latin1'), text, what);
        }
      }
    }
  }
});

/** Answers in chunks, with what stands behind them. */
function trailing(response: http.ServerResponse, body: string, trailers: [string, string][]): void {
  response.writeHead(200, { Trailer: trailers.map(([name]) => name).join(', ') });
  response.write(body);
  response.addTrailers(trailers);
  response.end();
}

const MD5_OF_KEY = 'x-amz-server-side-encryption-customer-key-MD5';

t.test('trailers of the store come behind the body', async (t) => {
  const sent: [string, string][] = [
    ['X-Amz-Checksum-Crc32', 'AAAAAA=='],
    ['x-amz-meta-two', 'one'],
    ['x-amz-meta-two', 'two'],
    ['ETag', '"tag"'],
    [MD5_OF_KEY, SSEC_HEADERS['x-amz-server-side-encryption-customer-key-md5']],
    ['x-leak', SSEC_HEADERS['x-amz-server-side-encryption-customer-key']],
    ['Content-Encoding', 'gzip'],
    ['Location', 'http://store.example.test/'],
    ['x-amz-request-id', 'STORE'],
  ];
  const store = await httpStore(t, (_request, response) => trailing(response, 'body', sent));
  const stand = await startBodyStand(t, { provider: 'generic', storePort: store.port });
  for (const scheme of SCHEMES) {
    const there = { scheme, port: stand.ports[scheme], ca: stand.ca, path: '/secret/a' };
    const { response, body } = await ask({ ...there, headers: { TE: 'trailers' } });
    t.equal(body.toString(), 'body');
    t.equal(response.headers['transfer-encoding'], 'chunked');
    t.strictSame(response.rawTrailers, sent.slice(0, 4).flat(), `${scheme}: these and no others`);
    t.equal(response.headers.trailer, 'X-Amz-Checksum-Crc32, x-amz-meta-two, x-amz-meta-two, ETag, x-leak');
    t.equal(store.requests.at(-1)?.headers.te, 'trailers');
    const again = await ask({ ...there, headers: { TE: 'deflate' } });
    t.equal(again.response.rawTrailers.length, 8, 'every reader of chunks reads past trailers');
    t.equal(store.requests.at(-1)?.headers.te, undefined);
  }
});

t.test('a client without chunks gets the body without trailers', async (t) => {
  const store = await httpStore(t, (request, response) => {
    if (request.method === 'HEAD')
      response.writeHead(200, { Trailer: 'x-end', 'Transfer-Encoding': 'chunked' }).end();
    else trailing(response, 'body', [['x-end', 'reached']]);
  });
  const stand = await startBodyStand(t, { provider: 'generic', storePort: store.port });
  const old = await exchangeOf(t, stand.ports.open, ['GET /secret/a HTTP/1.0']);
  t.match(old, /^HTTP\/1\.1 200 [\s\S]*\r\n\r\nbody$/);
  t.notMatch(old, /trailer|x-end|chunked/i);
  t.match(
    await exchangeOf(t, stand.ports.open, ['HEAD /secret/a HTTP/1.1']),
    /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/,
  );
});

t.test('an answer that can have no body has no place for trailers', async (t) => {
  const store = await socketStore(t, (socket) =>
    socket.once('data', () =>
      socket.end('HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\nTrailer: x-end\r\n\r\n'),
    ),
  );
  const stand = await startBodyStand(t, { provider: 'generic', storePort: store.port });
  const answer = await exchangeOf(t, stand.ports.open, ['GET /secret/a HTTP/1.1', 'If-None-Match: "x"']);
  t.match(answer, /^HTTP\/1\.1 304 /);
  t.notMatch(answer, /trailer|chunked/i);
});

t.test('a store that breaks off before its trailers ends the connection, and none are made up', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { Trailer: 'x-end' });
    response.write('half', () => response.destroy());
  });
  const stand = await startBodyStand(t, { provider: 'generic', storePort: store.port });
  for (const scheme of SCHEMES) {
    const there = { scheme, port: stand.ports[scheme], ca: stand.ca, path: '/secret/a' };
    await t.rejects(ask(there), { code: 'ECONNRESET' });
  }
});

t.test('a slow client pauses a store that has trailers to send', async (t) => {
  const large = 48 * MIB;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const written = { http: 0, https: 0 };
  const store = await httpStore(t, (request, response) => {
    const scheme = request.url?.endsWith('https') ? 'https' : 'http';
    response.writeHead(200, { Trailer: 'x-end' });
    const fill = (): void => {
      while (written[scheme] < large) {
        written[scheme] += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', fill);
          return;
        }
      }
      response.addTrailers({ 'x-end': String(large) });
      response.end();
    };
    fill();
  });
  const stand = await startBodyStand(t, { provider: 'generic', storePort: store.port });
  const pausesAndGoesOn = async (scheme: Scheme): Promise<void> => {
    const request = begin({ scheme, port: stand.ports[scheme], ca: stand.ca, path: `/secret/${scheme}` });
    const response = await new Promise<IncomingMessage>(
      (resolve) => void request.once('response', resolve).end(),
    );
    await eventually(() => written[scheme] > 0);
    const held = await settled(() => written[scheme]);
    t.ok(held < 32 * MIB, `${scheme}: the store could send ${held} of ${large} bytes`);
    let arrived = 0;
    for await (const bytes of response as AsyncIterable<Buffer>) arrived += bytes.length;
    t.equal(arrived, large);
    t.strictSame(response.rawTrailers, ['x-end', String(large)]);
  };
  await Promise.all(SCHEMES.map(pausesAndGoesOn));
});
