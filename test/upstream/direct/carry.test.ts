import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { Duplex, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import type { Attempt } from '../../../src/upstream/attempt.ts';
import { poolOf } from '../../../src/upstream/connections.ts';
import { converse } from '../../../src/upstream/conversation.ts';
import { forward } from '../../../src/upstream/forward.ts';
import { eventually } from '../../e2e/wire.ts';
import { snapshotOf } from '../../support/snapshot.ts';

/** A store that keeps each piece that it reads, and answers as told. */
async function stand(t: Test, answer: (socket: Socket, piece: string) => void) {
  const pieces: string[] = [];
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket
      .on('error', () => undefined)
      .on('data', (piece) => {
        pieces.push(piece.toString('latin1'));
        answer(socket, piece.toString('latin1'));
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { upstream } = snapshotOf({
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port, transport: 'direct' },
  });
  const pool = poolOf(upstream);
  t.teardown(() => {
    pool.destroy();
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const send = (attempt: Partial<Attempt>) => {
    const { signal } = new AbortController();
    const usual = { method: 'GET', path: '/b/k', headers: {}, body: undefined, fresh: false, signal };
    return forward({ ...usual, upstream, ...attempt }, pool);
  };
  return { send, pool, upstream, pieces, sockets };
}

function bodyOf(...pieces: Buffer[]): Attempt['body'] {
  const stream = Readable.from(pieces, { objectMode: false });
  return { stream, begin: () => undefined };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

t.test('a head goes out byte by byte as the attempt has it', async (t) => {
  const { send, pieces } = await stand(t, (socket) => socket.write(OK));
  const headers = { host: 'h', 'x-amz-meta-a': '\xfc\xff', 'content-length': '0' };
  const { response } = await send({ method: 'PUT', path: '/b/%2F//../k?a=%zz', headers });
  t.equal(await text(response), 'ok');
  t.strictSame(pieces, [
    'PUT /b/%2F//../k?a=%zz HTTP/1.1\r\nhost: h\r\nx-amz-meta-a: \xfc\xff\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n',
  ]);
});

t.test('a head and a small body are one write', async (t) => {
  const { send, pieces } = await stand(t, (socket) => socket.write(OK));
  await send({ method: 'PUT', headers: { 'content-length': '5' }, body: bodyOf(Buffer.from('hello')) });
  t.match(pieces, [/\r\n\r\nhello$/]);
});

t.test('what comes of several bodies in one turn of the loop goes out in one write each', async (t) => {
  const { send } = await stand(t, (socket, piece) => {
    if (piece.endsWith('!')) socket.write(OK);
  });
  const written: string[] = [];
  // Sockets have theirs from all streams.
  t.teardown(() => Reflect.deleteProperty(net.Socket.prototype, 'write'));
  Object.assign(net.Socket.prototype, {
    write(this: Socket, piece: Buffer, ...more: []) {
      if (/^[ab!]/.test(piece.toString('latin1'))) written.push(piece.toString('latin1'));
      return Duplex.prototype.write.call(this, piece, ...(more as unknown as ['latin1']));
    },
  });
  let begun = 0;
  const bodies = ['a', 'b'].map((letter) => ({ letter, stream: new Readable({ read: () => undefined }) }));
  const answers = Promise.all(
    bodies.map(({ stream }) =>
      send({
        method: 'PUT',
        headers: { 'content-length': '7' },
        body: {
          stream,
          begin: () => {
            begun += 1;
          },
        },
      }),
    ),
  );
  await eventually(() => begun === bodies.length);
  // The heads are out.
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (let piece = 0; piece < 3; piece += 1) {
    for (const { letter, stream } of bodies) stream.push(letter + letter);
    await Promise.resolve();
  }
  for (const { stream } of bodies) {
    stream.push('!');
    stream.push(null);
  }
  for (const { response } of await answers) t.equal(await text(response), 'ok');
  t.strictSame(written.toSorted(), ['aaaaaa!', 'bbbbbb!']);
});

t.test('what comes while the socket takes the piece before goes on, up to a limit', async (t) => {
  const { send, sockets } = await stand(t, (socket, piece) => {
    if (piece.endsWith('!')) socket.write(OK);
  });
  const stream = new Readable({ read: () => undefined });
  const length = 2032 * 16 * 1024;
  let begun = false;
  const body = {
    stream,
    begin: () => {
      begun = true;
    },
  };
  const answer = send({ method: 'PUT', headers: { 'content-length': String(length) }, body });
  await eventually(() => begun && sockets.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  // In one turn of the loop, in which the store reads nothing: what its system holds for it is less.
  for (let piece = 0; piece < 31; piece += 1) stream.push(Buffer.alloc(16 * 1024, 'a'));
  t.notOk(stream.isPaused());
  const more = Buffer.alloc(16 * 1024, 'b');
  for (let piece = 0; piece < 2000; piece += 1) stream.push(more);
  t.ok(stream.isPaused());
  t.ok(stream.readableLength > 0, 'the others wait in front');
  stream.push(Buffer.alloc(16 * 1024, '!'));
  stream.push(null);
  t.equal(await text((await answer).response), 'ok');
});

t.test(
  'a store that takes nothing stops the body, however its pieces come, and ends it in time',
  async (t) => {
    const { send, upstream } = await stand(t, (socket) => socket.pause());
    const waiting: number[] = [];
    t.teardown(() => Reflect.deleteProperty(net.Socket.prototype, 'write'));
    Object.assign(net.Socket.prototype, {
      write(this: Socket, piece: Buffer, ...rest: []) {
        const more = Duplex.prototype.write.call(this, piece, ...(rest as unknown as ['latin1']));
        waiting.push(this.writableLength);
        return more;
      },
    });
    const stream = new Readable({ read: () => undefined });
    const within = { ...upstream, timeouts: { ...upstream.timeouts, idle: 400 } };
    const headers = { 'content-length': String(1024 ** 3) };
    const body = { stream, begin: () => undefined };
    const answer = send({ method: 'PUT', upstream: within, headers, body });
    const waits = { over: false };
    const rejected = t.rejects(answer, { message: 'the store took nothing of the body for too long' });
    void rejected.then(() => {
      waits.over = true;
    });
    // Never as much in one turn of the loop as goes on at once, and no part of that either.
    while (!waits.over) {
      if (!stream.isPaused()) stream.push(Buffer.alloc(30_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await rejected;
    const most = Math.max(...waiting);
    t.ok(most < 2 * 96 * 1024, `${most} bytes wait`);
  },
);

t.test('a body of unknown length goes out in chunks', async (t) => {
  const { send, pieces } = await stand(t, (socket, piece) => {
    if (piece.endsWith('0\r\n\r\n')) socket.write(OK);
  });
  const { response } = await send({ method: 'PUT', body: bodyOf(Buffer.from('hello'), Buffer.from('you')) });
  t.equal(response.statusCode, 200);
  t.match(pieces.join(''), /transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n$/);
});

t.test('a head that says itself that its body is in chunks says it once', async (t) => {
  const { send, pieces } = await stand(t, (socket, piece) => {
    if (piece.includes('\r\n0\r\n\r\n')) socket.write(OK);
  });
  const headers = { host: 'h', 'transfer-encoding': 'chunked' };
  await text((await send({ method: 'PUT', headers, body: bodyOf(Buffer.from('hello')) })).response);
  t.equal(pieces.join('').match(/transfer-encoding/g)?.length, 1);
  await t.rejects(
    send({
      method: 'PUT',
      headers: { ...headers, 'content-length': '5' },
      body: bodyOf(Buffer.from('hello')),
    }),
    TypeError,
  );
});

for (const [name, attempt] of [
  ['target', { path: '/a b' }],
  ['target', { path: '/a\r\nx: y' }],
  ['method', { method: 'GET /a' }],
  ['header', { headers: { a: 'b\r\nc: d' } }],
  ['header', { headers: { 'a b': 'c' } }],
  ['header', { headers: { a: '\u0101' } }],
] as const)
  t.test(`a ${name} that would be read as something else is not sent`, async (t) => {
    const { send, pieces } = await stand(t, () => undefined);
    await t.rejects(send(attempt), TypeError);
    t.strictSame(pieces, []);
  });

t.test('a connection is used again after a whole answer', async (t) => {
  const { send, sockets } = await stand(t, (socket) => socket.write(OK));
  for (let i = 0; i < 5; i += 1) t.equal(await text((await send({})).response), 'ok');
  t.equal(sockets.length, 1);
});

t.test(
  'an answer that nobody has read yet frees its connection, and letting go of it harms no other',
  async (t) => {
    const { send, sockets } = await stand(t, (socket) => socket.write(OK));
    const first = await send({});
    await eventually(() => first.response.complete);
    const second = await send({});
    first.destroy();
    t.equal(await text(second.response), 'ok');
    t.equal(sockets.length, 1);
  },
);

/** So that it lies in the kernel, and nobody has read it. */
const FOREIGN = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nforeign';

for (const method of ['GET', 'DELETE', 'PUT'])
  t.test(`what had arrived before a ${method} is not its answer`, async (t) => {
    const { send, sockets } = await stand(t, (socket) => socket.write(OK));
    t.equal(await text((await send({})).response), 'ok');
    sockets[0]?.write(FOREIGN);
    const body = method === 'PUT' ? bodyOf(Buffer.from('hello')) : undefined;
    const headers = method === 'PUT' ? { 'content-length': '5' } : {};
    t.equal(await text((await send({ method, body, headers })).response), 'ok');
    t.equal(sockets.length, 2);
  });

for (const method of ['GET', 'DELETE'])
  t.test(
    `a ${method} on a connection on which something arrives at the last moment is not sent`,
    async (t) => {
      const { send, pool, upstream, pieces, sockets } = await stand(t, (socket) => socket.write(OK));
      t.equal(await text((await send({})).response), 'ok');
      const { signal } = new AbortController();
      const needs = { upstream, host: '127.0.0.1', fresh: false, writes: true, signal };
      const connection = await pool.take(needs);
      // As one that another request gave back, or that was just opened.
      connection.quiet = false;
      sockets[0]?.write(FOREIGN);
      const attempt = { method, path: '/b/k', headers: {}, body: undefined, fresh: false, signal, upstream };
      await t.rejects(converse(attempt, connection, pool), {
        message: 'the store sent what nobody had asked for',
      });
      await eventually(() => sockets[0]?.destroyed === true);
      t.equal(pieces.length, 1);
    },
  );

t.test('bytes behind an answer end the connection, and the answer stands', async (t) => {
  const { send, sockets } = await stand(t, (socket) => socket.write(`${OK}HTTP/1.1 200 OK\r\n`));
  t.equal(await text((await send({})).response), 'ok');
  await eventually(() => sockets[0]?.destroyed === true);
  t.equal(await text((await send({})).response), 'ok');
  t.equal(sockets.length, 2);
});

t.test('an answer that nobody reads is not read from the store either', async (t) => {
  const most = 64 * 1024 * 1024;
  const { send, sockets } = await stand(t, (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${most}\r\n\r\n`);
    socket.write(Buffer.alloc(most));
  });
  const answer = await send({});
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.ok(answer.response.readableLength < 1024 * 1024, `${answer.response.readableLength} bytes are held`);
  let read = 0;
  for await (const piece of answer.response) read += (piece as Buffer).length;
  t.equal(read, most);
  t.equal(sockets.length, 1);
});
