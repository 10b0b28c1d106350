import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import {
  eventually,
  httpStore,
  MIB,
  RawClient,
  STEADY_BYTES,
  STEADY_LIMITS,
  startWire,
  takeSteadily,
} from './wire.ts';

const ON_LINUX = { skip: process.platform !== 'linux' && 'only Linux tells what it holds' };
const SHORT = 'timeouts: { body: 500ms, document: 500ms }\n';

/** Sends a byte every now and then, until the connection ends. */
function drip(client: RawClient): void {
  // A digit of the size of a chunk too.
  const timer = setInterval(() => client.socket.write('0'), 50);
  client.socket.once('close', () => clearInterval(timer));
}

const BODIES: Readonly<Record<string, readonly string[]>> = {
  DeleteObjects: ['POST /plain?delete HTTP/1.1', 'Content-Length: 1000'],
  RestoreObject: ['POST /plain/a?restore HTTP/1.1', 'Content-Length: 1000'],
  'a legal hold': ['PUT /plain/a?legal-hold HTTP/1.1', 'Content-Length: 1000'],
  'an empty body in aws-chunked': [
    'PUT /plain/a HTTP/1.1',
    'Content-Length: 1000',
    'Content-Encoding: aws-chunked',
    'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length: 0',
  ],
  'a form': ['POST /plain HTTP/1.1', 'Content-Type: multipart/form-data; boundary=x', 'Content-Length: 1000'],
};

t.test('a body that is read whole ends in time, whether it stops or drips', async (t) => {
  const { port, requests } = await httpStore(t, (_request, response) => response.end());
  const wire = await startWire(t, { port, more: SHORT });
  const trial = async (name: string, lines: readonly string[], dripping: boolean): Promise<void> => {
    // It begins as it should, so that only the time is wrong.
    const begun = name === 'a form' ? '--x\r\nContent-Disposition: form-data; name="a' : '';
    const client = new RawClient(t, wire.port).send(lines, begun);
    if (dripping) drip(client);
    await client.closed;
    t.match(
      client.received,
      /^HTTP\/1\.1 400 [\s\S]*<Code>RequestTimeout<[\s\S]*<\/Error>$/,
      `${name}, ${dripping ? 'dripping' : 'stopped'}`,
    );
  };
  const trials = Object.entries(BODIES).flatMap(([name, lines]) => [
    trial(name, lines, false),
    trial(name, lines, true),
  ]);
  await Promise.all(trials);
  t.equal(requests.filter(({ method }) => method !== 'GET').length, 0, 'the store has heard of none');
});

t.test('an upload that stops is refused as at S3, and the store has no whole body', async (t) => {
  const aborted: boolean[] = [];
  const { port } = await httpStore(t, (request) => {
    request.resume().once('close', () => aborted.push(!request.complete));
  });
  const wire = await startWire(t, { port, more: SHORT });
  for (const objectKey of ['plain/a', 'secret/a']) {
    const client = new RawClient(t, wire.port).send(
      [`PUT /${objectKey} HTTP/1.1`, 'Content-Length: 1000'],
      'x',
    );
    await client.closed;
    t.match(client.received, /^HTTP\/1\.1 400 [\s\S]*<Code>RequestTimeout</);
  }
  await eventually(() => aborted.length === 2);
  t.same(aborted, [true, true]);
});

t.test('what a stranger sends behind a preflight is not waited for', async (t) => {
  const { port } = await httpStore(t, (_request, response) => response.end());
  const wire = await startWire(t, { port, auth: 'sigv4', more: SHORT });
  const client = new RawClient(t, wire.port).send(
    [
      'OPTIONS /plain/a HTTP/1.1',
      'Origin: http://a.example',
      'Access-Control-Request-Method: PUT',
      'Content-Length: 1000',
    ],
    'x',
  );
  drip(client);
  await client.closed;
  t.match(client.received, /^HTTP\/1\.1 400 [\s\S]*A preflight has no body/);
});

t.test('a client has so many requests at once; one more is told to slow down', async (t) => {
  const held: ServerResponse[] = [];
  const { port } = await httpStore(t, (_request, response) => held.push(response));
  const wire = await startWire(t, { port, more: 'limits: { requestsPerClient: 2 }\n' });
  const clients = [1, 2].map(() => new RawClient(t, wire.port).send(['GET /plain/a HTTP/1.1']));
  await eventually(() => held.length === 2);
  const third = new RawClient(t, wire.port).send(['GET /plain/a HTTP/1.1']);
  const refusal = await third.until(/<\/Error>/);
  t.match(refusal, /^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n[\s\S]*<Code>SlowDown</i);
  t.match(wire.log.at(-1), { code: 'SlowDown', cause: 'limits.requestsPerClient is reached' });
  for (const response of held) response.end('there');
  await Promise.all(clients.map((client) => client.until(/there$/)));
  held.length = 0;
  third.send(['GET /plain/b HTTP/1.1']);
  await eventually(() => held.length === 1);
  held[0]?.end('later');
  t.match(await third.until(/later$/), /later$/, 'on the same connection, when there is room again');
});

t.test('copies through the proxy have a limit of their own', async (t: Test) => {
  const held: ServerResponse[] = [];
  const { port } = await httpStore(t, (_request, response) => held.push(response));
  const wire = await startWire(t, { port, provider: 'generic', more: 'limits: { copies: 1 }\n' });
  const copy = ['PUT /secret/b HTTP/1.1', 'x-amz-copy-source: /plain/a', 'Content-Length: 0'];
  new RawClient(t, wire.port).send(copy);
  await eventually(() => held.length === 1);
  const second = new RawClient(t, wire.port).send(copy);
  t.match(await second.until(/<\/Error>/), /^HTTP\/1\.1 503 [\s\S]*<Code>SlowDown</);
  t.match(wire.log.at(-1), { cause: 'limits.copies is reached' });
  held[0]?.writeHead(404).end();
  await eventually(() => wire.log.length === 2);
  const third = new RawClient(t, wire.port).send(copy);
  await eventually(() => held.length === 2);
  third.socket.destroy();
});

t.test('a client that pauses does not use up the time of the store, in either direction', async (t) => {
  const store = await httpStore(t, (request, response) => {
    if (request.method === 'GET')
      response.writeHead(200, { 'content-length': 8 * MIB }).end(Buffer.alloc(8 * MIB));
    else request.resume().on('end', () => response.end());
  });
  const { port } = await startWire(t, { port: store.port, timeouts: { idle: 100 } });
  const upload = new RawClient(t, port).send(['PUT /plain/a HTTP/1.1', 'Content-Length: 8'], 'half');
  await pause(400);
  upload.socket.write('half');
  t.match(await upload.until(/\r\n\r\n/), /^HTTP\/1\.1 200 /);
  const download = new RawClient(t, port).send(['GET /plain/a HTTP/1.1', 'Connection: close']);
  await download.until(/\r\n\r\n/);
  download.socket.pause();
  await pause(400);
  download.socket.resume();
  await download.closed;
  t.ok(download.received.length > 8 * MIB, 'all of it came');
});

t.test('the wait for the store begins again when the client reads again, at whatever moment', async (t) => {
  const body = Buffer.alloc(8 * MIB);
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  const short: string[] = [];
  const download = async (wire: { port: number }, transport: string, resumeAfter: number): Promise<void> => {
    const client = new RawClient(t, wire.port).send(['GET /plain/a HTTP/1.1', 'Connection: close']);
    await client.until(/\r\n\r\n/);
    for (let pauses = 0; pauses < 10; pauses += 1) {
      client.socket.pause();
      await pause(resumeAfter);
      client.socket.resume();
      await pause(1);
    }
    await client.closed;
    if (client.received.length <= body.length) short.push(`${transport}: ${resumeAfter} ms`);
  };
  for (const transport of ['direct', 'http-proxy']) {
    const wire = await startWire(t, { port: store.port, timeouts: { idle: 300 }, transport });
    await Promise.all(Array.from({ length: 48 }, (_, n) => download(wire, transport, 288 + n)));
  }
  t.same(short, [], 'all of each came');
});

t.test('a request that the drain cuts says so in its line', async (t) => {
  let asked = 0;
  const { port } = await httpStore(t, () => {
    asked += 1;
  });
  const wire = await startWire(t, { port });
  const client = new RawClient(t, wire.port).send(['GET /plain/a HTTP/1.1']);
  await eventually(() => asked === 1);
  await wire.stop();
  await client.closed;
  await eventually(() => wire.log.some(({ code }) => code !== undefined));
  t.match(
    wire.log.find(({ code }) => code !== undefined),
    {
      status: 503,
      code: 'Drained',
      cause: 'the time of the drain was over before the answer',
    },
  );
});

t.test(
  'a store that takes a body slowly and steadily gets all of it; one that stops does not',
  ON_LINUX,
  async (t) => {
    const trial = async (transport: string, idle: number): Promise<boolean> => {
      let stop = (): void => {};
      const store = await httpStore(t, (request, response) => {
        stop = takeSteadily(request, (1000 * STEADY_BYTES) / idle);
        request.once('end', () => response.end());
      });
      const wire = await startWire(t, { port: store.port, timeouts: { idle }, transport });
      const client = new RawClient(t, wire.port).send([
        'PUT /plain/a HTTP/1.1',
        `Content-Length: ${64 * MIB}`,
      ]);
      client.socket.write(Buffer.alloc(64 * MIB));
      await pause(4 * idle);
      const ended = () => wire.log.find(({ method }) => method);
      const late = ended() !== undefined;
      stop();
      await eventually(() => ended() !== undefined, 120);
      t.match(ended(), { status: 503, cause: 'the store took nothing of the body for too long' });
      return !late;
    };
    const trials = async (transport: string): Promise<void> => {
      for (const idle of STEADY_LIMITS)
        if (await trial(transport, idle)) {
          t.pass(`${transport}: it goes on for as long as something is taken`);
          return;
        }
      t.fail(`${transport}: it ended, with every limit`);
    };
    await Promise.all([trials('direct'), trials('http-proxy')]);
  },
);
