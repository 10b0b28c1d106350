import { createHash, randomBytes, randomInt } from 'node:crypto';
import { lookup } from 'node:dns';
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import tls, { type TLSSocket, type TlsOptions } from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import type { Attempt } from '../../src/upstream/attempt.ts';
import { connect, trustIn } from '../../src/upstream/connect.ts';
import { Connection } from '../../src/upstream/connection.ts';
import { poolOf } from '../../src/upstream/connections.ts';
import { converse } from '../../src/upstream/conversation.ts';
import { forward } from '../../src/upstream/forward.ts';
import { ClientWait } from '../../src/upstream/slow-clients.ts';
import { UpstreamError } from '../../src/upstream/upstream-error.ts';
import { eventually } from '../e2e/wire.ts';
import { snapshotOf } from '../support/snapshot.ts';

const KIB = 1024;
const certificates = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
const LATE_MS = 1500;
const BODY = randomBytes(3 * KIB * KIB + 7);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

type Answering = (socket: TLSSocket, head: string) => void;
interface Store {
  readonly answer?: Answering;
  /** In place of TLS. */
  readonly raw?: (socket: Socket) => void;
  readonly options?: TlsOptions;
  /** What ends it, if it is a time. All others are longer than a busy machine takes. */
  readonly late?: 'connect' | 'headers' | 'idle';
}

/** A store, and connections to it of either kind. */
async function stand(t: Test, { answer, raw, options = {}, late }: Store) {
  const opened: Socket[] = [];
  const server = raw ? net.createServer(raw) : tls.createServer({ ...certificates, ...options });
  server.on('connection', (socket: Socket) => opened.push(socket.on('error', () => undefined)));
  // Else its end would not be seen.
  if (raw) server.on('connection', (socket: Socket) => socket.resume());
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => answer?.(socket, bytes.toString('latin1')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { upstream } = snapshotOf({
    upstream: {
      protocol: 'https:',
      hostname: '127.0.0.1',
      port,
      ca: certificates.ca,
      transport: 'direct',
      timeouts: {
        connect: 60_000,
        headers: 60_000,
        idle: 60_000,
        document: 60_000,
        keepAlive: 60_000,
        ...(late && { [late]: LATE_MS }),
      },
    },
  });
  const pool = poolOf(upstream);
  const end = (): void => {
    pool.destroy();
    server.close();
    for (const socket of opened) socket.destroy();
  };
  t.teardown(end);
  const { signal } = new AbortController();
  const needs = { upstream, host: '127.0.0.1', fresh: false, writes: false, signal };
  const take = (lean: boolean): Promise<Connection> => pool.take({ ...needs, lean });
  const attempt: Attempt = {
    upstream,
    method: 'GET',
    path: '/',
    headers: { host: '127.0.0.1' },
    body: undefined,
    fresh: false,
    signal,
  };
  const get = async (lean: boolean) => (await converse(attempt, await take(lean), pool)).response;
  return { take, get, pool, attempt, opened, end };
}

/** Writes in pieces of random sizes, in records and segments as they come. */
function inPieces(socket: TLSSocket, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    const size = randomInt(1, [10, 5000, 16_385, 100_000][randomInt(4)] as number);
    socket.write(bytes.subarray(at, at + size));
    at += size;
  }
}

const withLength: Answering = (socket) => {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n`);
  inPieces(socket, BODY);
};

const inChunks: Answering = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  const pieces: Buffer[] = [];
  for (let at = 0; at < BODY.length; at += 70_001) {
    const chunk = BODY.subarray(at, at + 70_001);
    pieces.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  inPieces(socket, Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]));
};

for (const [name, answer] of [
  ['with a length', withLength],
  ['in chunks', inChunks],
] as const)
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
    t.test(`bodies ${name} come whole, however they are read, over ${version}`, async (t) => {
      const { get, opened } = await stand(t, {
        answer,
        options: { minVersion: version, maxVersion: version },
      });
      const read = async (slowly: boolean): Promise<string> => {
        const response = await get(true);
        const pieces: Buffer[] = [];
        for await (const piece of response) {
          // Its memory is used again.
          pieces.push(Buffer.from(piece as Buffer));
          if (slowly && randomInt(8) === 0) await pause(randomInt(4));
          else if (slowly) await turnOfTheLoop();
        }
        return sha256(Buffer.concat(pieces));
      };
      for (const slowly of [false, true]) {
        const sums = await Promise.all(Array.from({ length: 6 }, () => read(slowly)));
        t.same(new Set(sums), new Set([sha256(BODY)]));
      }
      t.ok(opened.length <= 6, 'connections were used again');
    });

t.test('no more than a record comes after a pause', async (t) => {
  const { take } = await stand(t, { answer: withLength });
  const connection = await take(true);
  const { socket } = connection;
  let after = 0;
  let seen = 0;
  let stopped = false;
  connection.user = {
    onBytes: ({ length }) => {
      seen += length;
      if (socket.isPaused()) after += length;
      else if (!stopped && seen > 500 * KIB) {
        stopped = true;
        socket.pause();
      }
    },
    onEnd: () => undefined,
    onClose: () => undefined,
  };
  socket.resume();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await eventually(() => seen > 500 * KIB);
  const at = seen;
  await pause(200);
  t.equal(seen, at);
  t.ok(after + socket.readableLength <= 16 * KIB, `${after} bytes, and ${socket.readableLength}`);
  socket.resume();
  await eventually(() => seen > 2 * KIB * KIB);
  connection.destroy();
});

t.test('where many clients are slow downloads have connections of their own', async (t) => {
  const ok: Answering = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const { attempt, pool, opened } = await stand(t, { answer: ok });
  const ask = async (method: string, more: Partial<Attempt> = {}): Promise<number> => {
    const { response } = await forward({ ...attempt, method, ...more }, pool);
    t.equal(String(await buffer(response)), 'ok');
    await eventually(() => pool.figures.idle === pool.figures.open);
    return opened.length;
  };
  t.equal(await ask('GET'), 1);
  const waits = Array.from({ length: 16 }, () => new ClientWait());
  t.teardown(() => {
    for (const wait of waits) wait.end();
  });
  for (const wait of waits) wait.begin();
  await pause(150);
  t.equal(await ask('GET'), 2, 'a lean one');
  t.equal(await ask('GET'), 2, 'the same');
  // Of those that write, each would want one that was used a moment ago.
  t.equal(await ask('OPTIONS'), 2, 'that of the beginning');
  for (const wait of waits) wait.end();
  t.equal(await ask('GET'), 2, 'that of the beginning');
});

/** What a store may do wrong, and in which moment. */
const FAULTS: Readonly<Record<string, Store>> = {
  'an end in a body': {
    answer: (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'),
  },
  'an end of TCP alone in a body': {
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok');
      setTimeout(() => below(socket).end(), 50);
    },
  },
  'a reset in a body': {
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok');
      setTimeout(() => below(socket).resetAndDestroy(), 50);
    },
  },
  'an end in place of an answer': { answer: (socket) => void socket.end() },
  'a reset in place of an answer': { answer: (socket) => void below(socket).resetAndDestroy() },
  'silence in place of an answer': { late: 'headers' },
  'silence in a body': {
    late: 'idle',
    answer: (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'),
  },
  'what is not HTTP': { answer: (socket) => void socket.write('nonsense\r\n\r\n') },
  'bytes below TLS that are none of it': {
    late: 'idle',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok');
      setTimeout(() => below(socket).write(Buffer.alloc(100, 23)), 50);
    },
  },
  'another authority': { options: await makeCertificates({ names: [], addresses: ['127.0.0.1'] }) },
  'plain HTTP': { raw: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') },
  'an end in the handshake': { raw: (socket) => void socket.once('data', () => socket.end()) },
  'a reset in the handshake': { raw: (socket) => void socket.once('data', () => socket.resetAndDestroy()) },
  'five bytes in the handshake, and silence': {
    raw: (socket) => void socket.once('data', () => socket.write('HTTP/')),
  },
  'silence in the handshake': { raw: () => undefined, late: 'connect' },
};

/** The connection of TCP that TLS stands on. */
function below(socket: TLSSocket): Socket {
  return (socket as unknown as { readonly _parent: Socket })._parent;
}

for (const [name, store] of Object.entries(FAULTS))
  t.test(`it says the same of a store as any other connection: ${name}`, async (t) => {
    const { get, pool, opened } = await stand(t, store);
    const said: string[] = [];
    for (const lean of [false, true]) {
      const fault = await get(lean)
        .then(async (response) => {
          await buffer(response).catch(() => undefined);
          return response.errored;
        })
        .catch((error: unknown) => error);
      if (!(fault instanceof UpstreamError)) throw fault;
      said.push(`${fault.fault} ${fault.message} ${fault.untouched}`);
    }
    t.equal(said[1], said[0]);
    await eventually(() => pool.figures.open === 0 && opened.every(({ destroyed }) => destroyed));
  });

t.test('an address where nobody listens', async (t) => {
  const { take, pool, end } = await stand(t, {});
  const said: string[] = [];
  end();
  for (const lean of [false, true])
    await take(lean).catch((error: unknown) => said.push(UpstreamError.from(error).fault));
  t.equal(said.length, 2);
  t.equal(said[1], said[0]);
  t.equal(pool.figures.open, 0);
});

t.test(
  'a write that fails in the handshake ends the connection at once, and one behind it does not',
  async (t) => {
    const { take, attempt } = await stand(t, { answer: withLength });
    const fault = (): Error => Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
    const connection = new Connection('lane', true);
    const { upstream } = attempt;
    const way = {
      servername: '',
      trust: trustIn(upstream),
      lookup,
      session: undefined,
      onSession: () => undefined,
    };
    const opened = connect(connection, upstream, way);
    connection.socket.destroy(fault());
    t.ok(connection.socket.destroyed);
    t.equal(await opened.catch((error: unknown) => UpstreamError.from(error).fault), 'reset');
    const open = await take(true);
    open.socket.destroy(fault());
    t.notOk(open.socket.destroyed, 'an answer may be there to read');
    open.destroy();
  },
);

t.test('an idle connection that the store ends is not used again', async (t) => {
  let ends: Socket | undefined;
  const { get, pool, opened } = await stand(t, {
    answer: (socket) => {
      ends = socket;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    },
  });
  t.equal(String(await buffer(await get(true))), 'ok');
  t.equal(String(await buffer(await get(true))), 'ok');
  t.equal(opened.length, 1);
  ends?.end();
  await eventually(() => pool.figures.open === 0);
  t.equal(String(await buffer(await get(true))), 'ok');
  // What nobody asked for would be taken for the next answer.
  ends?.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno');
  await eventually(() => pool.figures.open === 0);
  t.equal(String(await buffer(await get(true))), 'ok');
  t.equal(opened.length, 3);
});
