import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import http, { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { Connection } from '../../src/upstream/connection.ts';
import { poolOf } from '../../src/upstream/connections.ts';
import { forward } from '../../src/upstream/forward.ts';
import { loadTransport } from '../../src/upstream/transports.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { snapshotOf } from '../support/snapshot.ts';

await loadTransport('http-proxy');

t.test('a connection that has closed leaves no timer behind', (t) => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const socket = new EventEmitter();
  const connection = new Connection('lane');
  connection.socket = socket as Socket;
  connection.watch();
  const before = timers();
  connection.deadline.begin(60_000);
  t.equal(timers(), before + 1);
  socket.emit('close');
  connection.deadline.begin(60_000);
  t.equal(timers(), before);
  t.end();
});

const MIB = 1024 * 1024;
const certificates = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
const BODIES = Array.from({ length: 12 }, () => randomBytes(2 * MIB + 7));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A server that sends one of the bodies, with a length or in chunks, and the connections to it. */
async function stand(t: Test, scheme: 'http' | 'https') {
  const handler: http.RequestListener = (request, response) => {
    const body = BODIES[Number(request.url?.slice(1))] ?? Buffer.of();
    if (request.headers['x-coding'] === undefined) response.setHeader('content-length', body.byteLength);
    for (let at = 0; at < body.byteLength; at += 100_003) response.write(body.subarray(at, at + 100_003));
    response.end();
  };
  const server = scheme === 'http' ? http.createServer(handler) : https.createServer(certificates, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { upstream } = snapshotOf({
    upstream: {
      protocol: `${scheme}:`,
      hostname: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      ca: certificates.ca,
      // So many handshakes at once take their time on a busy machine.
      timeouts: { connect: 60_000, headers: 60_000, idle: 60_000, document: 60_000, keepAlive: 4000 },
    },
  });
  const pool = poolOf(upstream);
  t.teardown(() => {
    pool.destroy();
    server.close();
    server.closeAllConnections();
  });
  const reads = new Set<ArrayBufferLike>();
  const sockets = new Set<Socket>();
  const get = async (index: number, headers = {}): Promise<IncomingMessage> => {
    const { signal } = new AbortController();
    const attempt = { method: 'GET', path: `/${index}`, headers, body: undefined, fresh: false, signal };
    const byNode: Upstream = { ...upstream, transport: 'http-proxy' };
    const { response } = await forward({ ...attempt, upstream: byNode }, pool);
    if (!(response instanceof IncomingMessage)) throw new TypeError('this is about Node’s parser');
    const { socket } = response;
    if (!sockets.has(socket)) socket.on('data', (read: Buffer) => reads.add(read.buffer));
    sockets.add(socket);
    return response;
  };
  return { get, reads, sockets };
}

for (const scheme of ['http', 'https'] as const) {
  t.test(`many bodies at once arrive whole by one buffer, over ${scheme}`, async (t) => {
    const { get, reads, sockets } = await stand(t, scheme);
    const got = await Promise.all(
      BODIES.map(async (_, index) => {
        const response = await get(index, index % 2 === 0 ? {} : { 'x-coding': 'chunked' });
        return await buffer(response);
      }),
    );
    t.same(got.map(sha256), BODIES.map(sha256));
    t.equal(sockets.size, BODIES.length);
    t.equal(reads.size, 1, 'whatever was read was read into the same memory');
  });

  t.test(
    `no piece of a body is a part of the buffer, however slowly it is taken, over ${scheme}`,
    async (t) => {
      const { get, reads } = await stand(t, scheme);
      const pieces = await Promise.all(
        [0, 1, 2].map(async (index) => {
          const taken: Buffer[] = [];
          const slow = new Writable({
            highWaterMark: 1,
            write(piece: Buffer, _encoding, done) {
              taken.push(piece);
              setTimeout(done, 1);
            },
          });
          await pipeline(await get(index), slow);
          return taken;
        }),
      );
      t.same(
        pieces.map((taken) => sha256(Buffer.concat(taken))),
        BODIES.slice(0, 3).map(sha256),
      );
      t.ok(pieces.flat().every((piece) => !reads.has(piece.buffer)));
    },
  );

  t.test(`a connection is used again, over ${scheme}`, async (t) => {
    const { get, sockets } = await stand(t, scheme);
    for (const index of [3, 4, 5, 99]) {
      const body = await buffer(await get(index));
      t.equal(sha256(body), sha256(BODIES[index] ?? Buffer.of()));
    }
    t.equal(sockets.size, 1);
  });
}
