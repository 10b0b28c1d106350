import { once } from 'node:events';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import type { Handler } from '../../src/listener/handler.ts';
import { listen } from '../../src/listener/listen.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { eventually, MIB, RawClient } from '../e2e/wire.ts';

const PLAIN: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  auth: 'none',
  permissions: { admin: false, grants: [] },
};
/** Longer than any of these tests may take: a drain that waits for it fails. */
const NEVER = 60_000;

t.test(
  'ends idle connections at once and waits for busy ones, but not for their client to leave',
  async (t) => {
    let finish: (() => void) | undefined;
    const handler: Handler = (request, response) => {
      if (request.url === '/slow') finish = () => response.end('done');
      else response.end('ok');
    };
    const listener = await listen(PLAIN, handler);
    const idle = new RawClient(t, listener.port).send(['GET / HTTP/1.1']);
    await idle.until(/ok$/);
    const silent = new RawClient(t, listener.port);
    const busy = new RawClient(t, listener.port).send(['GET /slow HTTP/1.1']);
    await eventually(() => finish !== undefined);
    let drained = false;
    const drain = listener.drain(NEVER).then(() => {
      drained = true;
    });
    await Promise.all([idle.closed, silent.closed]);
    t.equal(drained, false);
    t.equal(busy.socket.destroyed, false);
    finish?.();
    await drain;
    await busy.closed;
    t.match(busy.received, /\r\nConnection: close\r\n[\s\S]*done$/, 'the client is told not to send another');
  },
);

t.test('an answer that is on its way to a slow client arrives whole', async (t) => {
  const size = 16 * MIB;
  let handed = false;
  const listener = await listen(PLAIN, (_request, response) => {
    response.writeHead(200, { 'content-length': size }).end(Buffer.alloc(size));
    handed = true;
  });
  const client = new RawClient(t, listener.port).send(['GET / HTTP/1.1']);
  client.socket.removeAllListeners('data').pause();
  await eventually(() => handed);
  const drain = listener.drain(NEVER);
  let arrived = 0;
  client.socket.on('data', (chunk) => {
    arrived += chunk.length;
  });
  client.socket.resume();
  await drain;
  await client.closed;
  t.ok(arrived > size, `${arrived} bytes of ${size} and a head`);
});

t.test('ends what is still busy at its deadline', async (t) => {
  let came = false;
  const listener = await listen(PLAIN, () => {
    came = true;
  });
  const busy = new RawClient(t, listener.port).send(['GET / HTTP/1.1']);
  await eventually(() => came);
  await listener.drain(50);
  await busy.closed;
  t.equal(busy.received, '');
});

t.test('ends a handshake that is never finished at its deadline', async (t) => {
  const { cert, key } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const listener = await listen({ ...PLAIN, tls: { cert, key } }, (_request, response) => response.end());
  const client = new RawClient(t, listener.port);
  await once(client.socket, 'connect');
  await listener.drain(50);
  await client.closed;
  t.pass('it is closed');
});

t.test('answers what came before it on a connection, one after the other', async (t) => {
  const finish: (() => void)[] = [];
  const listener = await listen(PLAIN, (request, response) => {
    finish.push(() => response.end(`answer to ${request.url}`));
  });
  const client = new RawClient(t, listener.port).send(['GET /1 HTTP/1.1']).send(['GET /2 HTTP/1.1']);
  await eventually(() => finish.length === 2);
  const drain = listener.drain(NEVER);
  finish[0]?.();
  finish[1]?.();
  await drain;
  await client.closed;
  t.match(client.received, /answer to \/1/);
});

t.test(
  'with time for it, an idle connection gets one more answer, and is told that it is the last',
  async (t) => {
    const listener = await listen(PLAIN, (request, response) => {
      response.end(request.url === '/next' ? 'next' : 'ok');
    });
    const kept = new RawClient(t, listener.port).send(['GET / HTTP/1.1']);
    const silent = new RawClient(t, listener.port);
    await kept.until(/ok$/);
    await eventually(() => silent.socket.readyState === 'open');
    const drained = listener.drain(NEVER, NEVER);
    kept.send(['GET /next HTTP/1.1']);
    silent.send(['GET /next HTTP/1.1']);
    await Promise.all([kept.closed, silent.closed, drained]);
    for (const { received } of [kept, silent]) t.match(received, /\r\nConnection: close\r\n[\s\S]*next$/);
  },
);

t.test('what stays idle ends when that time is over', async (t) => {
  const listener = await listen(PLAIN, (_request, response) => void response.end('ok'));
  const idle = new RawClient(t, listener.port).send(['GET / HTTP/1.1']);
  await idle.until(/ok$/);
  await listener.drain(NEVER, 20);
  await idle.closed;
  t.notMatch(idle.received, /Connection: close/);
});

t.test('the deadline comes first', async (t) => {
  const listener = await listen(PLAIN, (_request, response) => void response.end('ok'));
  const idle = new RawClient(t, listener.port).send(['GET / HTTP/1.1']);
  await idle.until(/ok$/);
  await listener.drain(20, NEVER);
  await idle.closed;
  t.pass();
});
