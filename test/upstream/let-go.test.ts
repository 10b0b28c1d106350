import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import t, { type Test } from 'tap';
import { letGoOfAll, lettingGo } from '../../src/upstream/let-go.ts';

const MIB = 1024 * 1024;

/** A body that comes off a real socket, with every piece of it. */
async function received(t: Test, sent: Buffer): Promise<{ body: IncomingMessage; pieces: Buffer[] }> {
  const server = http.createServer((_request, response) => response.end(sent)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const [body] = (await once(http.get({ port: (server.address() as AddressInfo).port }), 'response')) as [
    IncomingMessage,
  ];
  const pieces: Buffer[] = [];
  body.on('data', (piece: Buffer) => pieces.push(piece)).pause();
  return { body, pieces };
}

/** Takes each piece later, as a socket does, and keeps a copy. */
function slowSink(fault?: Error): { sink: Writable; taken: () => Buffer } {
  const copies: Buffer[] = [];
  const sink = new Writable({
    write(piece: Buffer, _encoding, done) {
      setImmediate(() => {
        copies.push(Buffer.from(piece));
        done(fault);
      });
    },
  });
  return { sink, taken: () => Buffer.concat(copies) };
}

const held = (pieces: readonly Buffer[]): number =>
  pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);

t.test('what came off a socket is freed once it is written, and not before', async (t) => {
  const sent = randomBytes(3 * MIB);
  const { body, pieces } = await received(t, sent);
  const { sink, taken } = slowSink();
  await pipeline(body, lettingGo(sink, body));
  t.ok(taken().equals(sent), 'every byte was there when its turn came');
  t.ok(pieces.length > 10, `${pieces.length} pieces`);
  t.ok(held(pieces) < MIB, `${held(pieces)} bytes are still held`);
});

t.test('so it is behind a stream that passes it on', async (t) => {
  const sent = randomBytes(MIB);
  const { body, pieces } = await received(t, sent);
  const passed = body.pipe(new PassThrough());
  const { sink, taken } = slowSink();
  await pipeline(passed, lettingGo(sink, passed));
  t.ok(taken().equals(sent));
  t.ok(held(pieces) < MIB / 2, `${held(pieces)} bytes are still held`);
});

t.test('a body from memory can be sent again', async (t) => {
  const kept = randomBytes(MIB);
  const before = Buffer.from(kept);
  for (const _ of [1, 2]) {
    const body = Readable.from([kept], { objectMode: false });
    const { sink, taken } = slowSink();
    await pipeline(body, lettingGo(sink, body));
    t.ok(taken().equals(before));
  }
});

t.test('a part of something larger is left alone', async (t) => {
  const whole = randomBytes(MIB);
  const body = new PassThrough();
  body.end(whole.subarray(MIB / 2));
  const { sink } = slowSink();
  await pipeline(body, lettingGo(sink, body));
  t.equal(whole.byteLength, MIB);
});

t.test('a piece that could not be written is left alone', async (t) => {
  const piece = randomBytes(MIB);
  const body = new PassThrough();
  body.end(piece);
  const { sink } = slowSink(new Error('gone'));
  await t.rejects(pipeline(body, lettingGo(sink, body)), { message: 'gone' });
  t.equal(piece.byteLength, MIB);
});

t.test('the response of a real server frees its pieces, too', async (t) => {
  const sent = randomBytes(3 * MIB);
  const { body, pieces } = await received(t, sent);
  const server = http
    .createServer((_request, response) => void pipeline(body, lettingGo(response, body)))
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const [relayed] = (await once(http.get({ port: (server.address() as AddressInfo).port }), 'response')) as [
    IncomingMessage,
  ];
  t.ok((await buffer(relayed)).equals(sent));
  t.ok(held(pieces) < MIB, `${held(pieces)} bytes are still held`);
});

t.test('frees a part with the memory around it, but no memory that may be shared', (t) => {
  const part = Buffer.allocUnsafeSlow(256 * 1024).subarray(0, 100_000);
  letGoOfAll(part);
  t.equal(part.byteLength, 0);
  const shared = Buffer.from('of the pool');
  letGoOfAll(shared);
  t.equal(shared.toString(), 'of the pool');
  t.end();
});
