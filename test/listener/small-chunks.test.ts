import t, { type Test } from 'tap';
import type { Handler } from '../../src/listener/handler.ts';
import { listen } from '../../src/listener/listen.ts';
import { RawClient } from '../e2e/wire.ts';

const SETTINGS = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  auth: 'none',
  permissions: { admin: false, grants: [] },
} as const;
const HEAD = 'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunks = (count: number, data: string): string =>
  `${data.length.toString(16)}\r\n${data}\r\n`.repeat(count);

async function sendTo(t: Test, handler: Handler, sent: string): Promise<RawClient> {
  const listener = await listen(SETTINGS, handler);
  t.teardown(() => listener.drain(0));
  const client = new RawClient(t, listener.port);
  client.socket.write(sent);
  return client;
}

t.test('small chunks go on together, to one who takes a piece a turn too', async (t) => {
  const count = 40_000;
  let pieces = 0;
  let bytes = 0;
  const handler: Handler = (request, response) => {
    request.on('data', (piece: Buffer) => {
      pieces += 1;
      bytes += piece.length;
      request.pause();
      setTimeout(() => request.resume(), 1);
    });
    request.once('end', () => response.end('all'));
  };
  const client = await sendTo(t, handler, `${HEAD}${chunks(count, 'sixteen bytes ..')}0\r\n\r\n`);
  t.match(await client.until(/all$/), /all$/);
  t.equal(bytes, 16 * count);
  t.ok(pieces < count / 100, `${pieces} pieces`);
});

t.test('nothing more is taken of a body that was refused, not even of what had been read', async (t) => {
  let pieces = 0;
  const handler: Handler = (request, response) => {
    const push = request.push.bind(request);
    request.push = (piece: Buffer | null): boolean => {
      pieces += 1;
      return push(piece);
    };
    request.once('error', () => response.writeHead(400, { connection: 'close' }).end('refused'));
    request.resume();
  };
  const client = await sendTo(t, handler, HEAD + chunks(20_000, 'x'));
  t.match(await client.until(/refused\r\n0\r\n\r\n$/), /^HTTP\/1\.1 400 /);
  t.ok(pieces < 5000, `${pieces} pieces of 10,900 that a read has`);
});
