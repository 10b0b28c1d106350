import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { makeMetrics } from '../../src/admin/metrics.ts';
import { KeyMemo } from '../../src/keys/memo.ts';
import { Load } from '../../src/listener/load.ts';
import { makeLog } from '../../src/log.ts';
import { EncryptedUploads } from '../../src/multipart/encrypted-uploads.ts';
import { LatestServed } from '../../src/proxy/exchange.ts';
import { handle } from '../../src/proxy/handle.ts';
import type { Serving } from '../../src/proxy/serving.ts';
import { HeldBytes } from '../../src/response/held-bytes.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { allUpstreams } from '../../src/snapshot/upstream-of.ts';
import { Distrust } from '../../src/ssec/distrust.ts';
import { Observer } from '../../src/status/observer.ts';
import { Unfinished } from '../../src/unfinished.ts';
import { BucketRegions } from '../../src/upstream/bucket-regions.ts';
import { Connections } from '../../src/upstream/connections.ts';
import { eventually, exchangeOf, httpStore, RawClient } from '../e2e/wire.ts';
import { NOW } from '../support/signed.ts';
import { EVERYTHING, snapshotOf, testSsecKey } from '../support/snapshot.ts';

interface Line {
  readonly port: number;
  readonly log: Readonly<Record<string, unknown>>[];
  readonly metrics: () => Promise<string>;
}

/** The line by itself before a store on that port, without the listener's own guards. */
async function startLine(t: Test, port: number, changes: Partial<Serving> = {}): Promise<Line> {
  const listener = {
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    auth: 'none',
    permissions: EVERYTHING,
  } as const;
  const snapshot = snapshotOf({
    rules: [
      { bucket: 'secret', encrypt: [testSsecKey('line')] },
      { bucket: 'plain', encrypt: 'off' },
    ],
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port },
  });
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const serving: Serving = {
    snapshot,
    connections: new Connections(allUpstreams(snapshot)),
    signingKeys: new SigningKeys(),
    latest: new LatestServed(),
    distrust: new Distrust(),
    memo: new KeyMemo(),
    regions: new BucketRegions(),
    encryptedUploads: new EncryptedUploads(),
    heldBytes: new HeldBytes(),
    heldOfClients: new HeldBytes(),
    heldOfUnsized: new HeldBytes(),
    unfinished: new Unfinished(),
    load: new Load(),
    metrics: makeMetrics({ distrusted: () => [] }),
    observer: new Observer({ load: new Load(), upstreams: () => [], doubts: () => [] }),
    seen: true,
    log: makeLog('info', destination),
    clock: () => NOW,
    random: () => 0,
    ...changes,
  };
  const server = http.createServer((request, response) => void handle(request, response, serving, listener));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    serving.connections.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, log, metrics: () => serving.metrics.text() };
}

t.test('a request makes one log line, at its end, of what is known of it', async (t) => {
  const store = await httpStore(t, (request, response) => request.resume().on('end', () => response.end()));
  const { port, log } = await startLine(t, store.port);
  await exchangeOf(t, port, ['PUT /secret/a%20b HTTP/1.1', 'Content-Length: 4'], 'body');
  await eventually(() => log.length > 0);
  t.equal(log.length, 1);
  t.match(log[0], {
    level: 'info',
    msg: 'request',
    method: 'PUT',
    status: 200,
    client: 'anyone on this listener',
    op: 'PutObject',
    bucket: 'secret',
    objectKey: 'a b',
    rule: 'rules[0]',
    ssecKeyId: 'line',
    attempts: 1,
    upstreamStatus: 200,
  });
});

t.test('what nobody can see is not counted, and has its line in the log all the same', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  for (const seen of [true, false]) {
    const { port, log, metrics } = await startLine(t, store.port, { seen });
    await exchangeOf(t, port, ['GET /plain/a HTTP/1.1']);
    await eventually(() => log.length > 0);
    t.equal((await metrics()).includes('ssec_proxy_requests_total{op="GetObject",status="200"} 1'), seen);
  }
});

t.test('a refusal says its code in answer, log and metrics, and nothing reaches the store', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  const { port, log, metrics } = await startLine(t, store.port);
  for (const [lines, status, code] of [
    [['GET /nobodys/a HTTP/1.1'], 403, 'AccessDenied'],
    [['PUT /secret/a HTTP/1.1'], 411, 'MissingContentLength'],
    [['PUT /secret/a?unknown HTTP/1.1', 'Content-Length: 0'], 501, 'NotImplemented'],
    [['GET http://127.0.0.1/secret/a HTTP/1.1'], 400, 'InvalidURI'],
  ] as const) {
    const answer = await exchangeOf(t, port, lines);
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} .*<Code>${code}<`, 's'));
    await eventually(() => log.at(-1)?.code === code);
    t.match(log.at(-1), { level: 'info', status, code }, 'what the client got wrong is no warning');
  }
  t.equal(store.requests.length, 0);
  t.match(await metrics(), 'ssec_proxy_requests_total{op="PutObject",status="411"} 1\n');
});

t.test('a fault of ours is an InternalError that tells the log all and the client nothing', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  const now = (): Date => {
    throw new TypeError('the clock of this test is broken');
  };
  const { port, log } = await startLine(t, store.port, { clock: now });
  const answer = await exchangeOf(t, port, ['GET /secret/a HTTP/1.1']);
  t.match(answer, /^HTTP\/1\.1 500 .*<Code>InternalError</s);
  t.notMatch(answer, /clock|TypeError|\.ts/);
  await eventually(() => log.length > 0);
  t.match(log[0], {
    level: 'warn',
    code: 'InternalError',
    cause: /clock of this test is broken.*handle\.test\.ts/s,
  });
});

t.test('something thrown that is not an error is answered as well', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  const now = (): Date => {
    throw 'a text';
  };
  const { port, log } = await startLine(t, store.port, { clock: now });
  t.match(await exchangeOf(t, port, ['GET /secret/a HTTP/1.1']), /^HTTP\/1\.1 500 /);
  await eventually(() => log.length > 0);
  t.match(log[0], { cause: 'a text' });
});

t.test('an object key or query of a client cannot forge a log line', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  const { port, log } = await startLine(t, store.port);
  await exchangeOf(t, port, ['GET /plain/a%0A%7B%22level%22:60%7D?unknown=%0A HTTP/1.1']);
  await eventually(() => log.length > 0);
  t.equal(log.length, 1);
  t.match(log[0], { objectKey: 'a\n{"level":60}' });
});

t.test('a client that leaves is noted as such', async (t) => {
  const store = await httpStore(t, () => undefined);
  const { port, log } = await startLine(t, store.port);
  const client = new RawClient(t, port).send(['GET /secret/a HTTP/1.1']);
  await eventually(() => store.requests.length === 1);
  client.socket.destroy();
  await eventually(() => log.length > 0);
  t.match(log[0], { level: 'warn', code: 'ClientLeft', status: 499, outcome: 'left', bytesOut: 0 });
  t.match(log[0]?.remote, /^127\.0\.0\.1$/);
  t.type(log[0]?.storeMs, 'number', 'how long the store kept it waiting');
});

t.test('a store that breaks off its answer breaks off ours', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 8 }).write('half');
  });
  const { port, log, metrics } = await startLine(t, store.port);
  const client = new RawClient(t, port).send(['GET /plain/a HTTP/1.1']);
  await client.until(/half/);
  store.requests[0]?.socket.destroy();
  await client.closed;
  t.match(client.received, /\r\n\r\nhalf$/);
  await eventually(() => log.length > 0);
  t.match(log[0], { level: 'warn', code: 'Truncated', status: 200, outcome: 'cut', bytesOut: 4 });
  t.match(await metrics(), 'ssec_proxy_requests_total{op="GetObject",status="599"} 1');
});

t.test(
  'the line of a request says how it ended, how long each part took and how much went each way',
  async (t) => {
    const store = await httpStore(t, (request, response) => {
      const missing = request.url?.includes('missing');
      const ill = request.url?.includes('ill');
      request
        .resume()
        .once('end', () =>
          response.writeHead(missing ? 404 : ill ? 500 : 200, { etag: '"e"' }).end('sealed'),
        );
    });
    const { port, log } = await startLine(t, store.port);
    const rows = [
      { line: 'GET /plain/a HTTP/1.1', status: 200, outcome: 'served', bytesIn: 0, bytesOut: 6 },
      { line: 'GET /plain/missing HTTP/1.1', status: 404, outcome: 'refused', level: 'info' },
      { line: 'GET /plain/ill HTTP/1.1', status: 500, outcome: 'failed', level: 'warn' },
      { line: 'GET /plain/a?torrent HTTP/1.1', status: 501, outcome: 'refused', level: 'info' },
      { line: 'HEAD /plain/a HTTP/1.1', status: 200, outcome: 'served', bytesOut: 0 },
    ];
    for (const { line, ...said } of rows) {
      log.splice(0);
      await exchangeOf(t, port, [line]);
      await eventually(() => log.length > 0);
      t.match(log[0], { ...said, remote: '127.0.0.1' }, line);
      const { ms, firstByteMs, storeMs = 0 } = log[0] as Record<string, number>;
      t.ok(
        Number(firstByteMs) <= Number(ms) && storeMs <= Number(ms),
        `${line}: ${storeMs} ${firstByteMs} ${ms}`,
      );
    }
  },
);

t.test('a body is counted as far as it came', async (t) => {
  const store = await httpStore(t, (request, response) => {
    request.resume().once('end', () => response.writeHead(200, { etag: '"e"' }).end());
    request.on('error', () => undefined);
  });
  const { port, log } = await startLine(t, store.port);
  const whole = new RawClient(t, port).send(['PUT /plain/a HTTP/1.1', 'Content-Length: 4'], 'body');
  await whole.until(/200 OK/);
  await eventually(() => log.length === 1);
  t.match(log[0], { outcome: 'served', bytesIn: 4, bytesOut: 0 });
  const leaving = new RawClient(t, port).send(['PUT /plain/a HTTP/1.1', 'Content-Length: 1000'], 'body');
  await eventually(() => store.requests.length === 2);
  leaving.socket.destroy();
  await eventually(() => log.length === 2);
  // The last bytes are held back until all is known.
  t.match(log[1], { outcome: 'left', status: 499 });
  t.ok(Number(log[1]?.bytesIn) <= 4);
});

t.test('at the level debug the log tells the story of a request, attempt by attempt', async (t) => {
  const store = await httpStore(t, (request, response) => {
    // The connection breaks before the first answer to it.
    if (store.requests.length === 2) request.socket.destroy();
    else response.end('there');
  });
  const told: Record<string, unknown>[] = [];
  const log = makeLog('debug', {
    write: (line: string) => void told.push(JSON.parse(line) as Record<string, unknown>),
  });
  const { port } = await startLine(t, store.port, { log });
  await exchangeOf(t, port, ['GET /plain/a HTTP/1.1']);
  await exchangeOf(t, port, ['GET /plain/b HTTP/1.1']);
  await eventually(() => told.filter(({ msg }) => msg === 'request').length === 2);
  const id = told.at(-1)?.['id'];
  const ofSecond = told.filter((line) => line['id'] === id);
  t.match(ofSecond, [
    {
      level: 'debug',
      msg: 'an attempt failed',
      attempt: 1,
      connection: 'reused',
      fault: 'reset',
      path: '/plain/b',
    },
    {
      level: 'debug',
      msg: 'an attempt was answered',
      attempt: 2,
      because: 'reset',
      connection: 'new',
      upstreamStatus: 200,
    },
    { level: 'info', msg: 'request', attempts: 2, retried: 'reset', connection: 'new' },
  ]);
});
