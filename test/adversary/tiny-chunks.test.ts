import diagnostics from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { RawClient } from '../e2e/wire.ts';
import { strictStore } from './strict-store.ts';
import { clientWith, startFront } from './support.ts';
import { sendRaw, startTarget } from './target-proxy.ts';

const HEAD = 'Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n';
/** What Node reads from a socket at once, in bytes. */
const A_READ = 65_536;
const MOST_SENT = 64 * 1024 * 1024;
const chunks = (count: number, size: number): string =>
  `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`.repeat(count);
const put = (objectKey: string, length: number): string =>
  `PUT /${objectKey} HTTP/1.1\r\n${HEAD}x-amz-decoded-content-length: ${length}\r\n\r\n`;

/** A proxy that wants signatures. */
async function startStrict(t: Test): Promise<number> {
  const store = await strictStore(t);
  const clients = [clientWith('client', { admin: true, grants: 'all' })];
  return (await startFront(t, { port: store.port, clients })).port;
}

/** Sends the same piece until the connection ends; resolves to what came back and what the proxy read, in bytes. */
async function sendOn(
  t: Test,
  port: number,
  head: string,
  piece: string,
): Promise<{ read: number; received: string }> {
  let served: Socket | undefined;
  const note = (message: unknown): void => {
    served = (message as { socket: Socket }).socket;
  };
  diagnostics.subscribe('http.server.request.start', note);
  const client = new RawClient(t, port);
  const { socket } = client;
  const more = (): void => {
    if (socket.writable && socket.bytesWritten < MOST_SENT) socket.write(piece, more);
  };
  socket.write(head, more);
  await client.closed;
  diagnostics.unsubscribe('http.server.request.start', note);
  return { read: served?.bytesRead ?? Number.NaN, received: client.received };
}

t.test('of a refused body of tiny chunks hardly more is read than what had come', async (t) => {
  const port = await startStrict(t);
  const form = `POST /secret HTTP/1.1\r\n${HEAD}Content-Type: multipart/form-data; boundary=x\r\n\r\n`;
  for (const head of [`PUT /secret/a HTTP/1.1\r\n${HEAD}\r\n`, form]) {
    const { read, received } = await sendOn(t, port, head, chunks(10_000, 1));
    t.match(
      received,
      /^HTTP\/1\.1 4\d\d [\s\S]*<\/Error>$/,
      'the client gets its whole answer, and its connection ends',
    );
    t.ok(read <= 3 * A_READ, `${read} bytes were read`);
  }
});

t.test('a refused body without end is not read without end', async (t) => {
  const port = await startStrict(t);
  const head = 'PUT /secret/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000000\r\n\r\n';
  const { read, received } = await sendOn(t, port, head, 'x'.repeat(A_READ));
  t.match(received, /^HTTP\/1\.1 403 [\s\S]*<\/Error>$/);
  t.ok(read <= 4 * 1024 * 1024 + 3 * A_READ, `${read} bytes were read`);
});

t.test('a body of a byte a chunk is refused, in chunks of the same and in one piece', async (t) => {
  const store = await strictStore(t);
  const { port } = await startTarget(t, store);
  for (const objectKey of ['plain/a', 'secret/a']) {
    const body = chunks(20_000, 1);
    for (const pieces of [[put(objectKey, 20_000) + body], [put(objectKey, 20_000), body, '0\r\n\r\n']]) {
      const { received, ended } = await sendRaw({ port, pieces });
      t.match(
        received,
        /^HTTP\/1\.1 400 [\s\S]*<Code>InvalidRequest<[\s\S]*chunks of the body are too small/,
      );
      t.ok(ended);
    }
  }
  t.same(store.arrived, [], 'the store has no object of it');
});

t.test('small chunks arrive whole and in order', async (t) => {
  const store = await strictStore(t);
  const { port } = await startTarget(t, store);
  const sizes = [1, 2, 1023, 1024, 1025, 5, 20_000, 3];
  const text = Array.from({ length: 40_000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
  for (const apart of [false, true]) {
    let at = 0;
    const body: string[] = [];
    const framed: string[] = [];
    for (let i = 0; at + 20_000 <= text.length; i += 1) {
      const data = text.slice(at, at + (sizes[i % sizes.length] as number));
      at += data.length;
      body.push(data);
      framed.push(`${data.length.toString(16)}\r\n${data}\r\n`);
    }
    const whole = [put('plain/a', at), ...framed, '0\r\n\r\n'];
    const { received } = await sendRaw({
      port,
      pieces: apart ? whole : [whole.join('')],
      enough: (got) => /HTTP\/1\.1 \d{3}/.test(got),
    });
    t.match(received, /^HTTP\/1\.1 200 /);
    t.equal(store.arrived.at(-1)?.body, body.join(''));
  }
  const lines = chunks(5000, 16);
  const { received } = await sendRaw({
    port,
    pieces: [`${put('secret/a', 80_000)}${lines}0\r\n\r\n`],
    enough: (got) => /HTTP\/1\.1 \d{3}/.test(got),
  });
  t.match(received, /^HTTP\/1\.1 200 /, 'a line a chunk is let through');
  t.equal(store.arrived.at(-1)?.body.length, 80_000);
});
