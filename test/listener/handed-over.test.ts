import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { CLIENT_TIMEOUTS } from '../../src/listener/bounds.ts';
import { ClientConnections } from '../../src/listener/connections.ts';
import type { Handler } from '../../src/listener/handler.ts';
import { type Listener, listen } from '../../src/listener/listen.ts';
import { Load } from '../../src/listener/load.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { eventually, RawClient } from '../e2e/wire.ts';

const PLAIN: ListenerSettings = {
  host: '127.0.0.1',
  port: 8080,
  tls: undefined,
  auth: 'none',
  permissions: { admin: false, grants: [] },
};
const NEVER = 60_000;

/** A listener that does not listen, behind a server that does, as in another process. */
async function handedOver(t: Test, handler: Handler, settings = PLAIN, timeouts = CLIENT_TIMEOUTS) {
  const connections = new ClientConnections(new Load({ timeouts }));
  const listener = await listen(settings, handler, connections, { handedOver: true });
  const front = net.createServer({ pauseOnConnect: true }, (socket) => give(socket, listener));
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  t.teardown(async () => {
    front.close();
    await listener.drain(0);
  });
  return { listener, connections, port: (front.address() as AddressInfo).port };
}

/** As it arrives in another process: begun, and read by nobody yet. */
function give(socket: net.Socket, listener: Listener): void {
  listener.accept(socket);
  socket.resume();
}

t.test('serves connections that others accepted, and counts them', async (t) => {
  const { port, connections } = await handedOver(t, (_request, response) => response.end('ok'));
  const client = new RawClient(t, port).send(['GET / HTTP/1.1']);
  await client.until(/ok$/);
  t.equal(connections.load.connections, 1);
  client.socket.destroy();
  await eventually(() => connections.load.connections === 0);
});

t.test('their heads have the same time as on a socket of its own', async (t) => {
  const { port } = await handedOver(t, (_request, response) => response.end('ok'), PLAIN, {
    ...CLIENT_TIMEOUTS,
    head: 100,
  });
  const client = new RawClient(t, port);
  client.socket.write('GET / HTTP/1.1\r\nhost');
  t.match(await client.until(/RequestTimeout/), /^HTTP\/1\.1 400 /);
  await client.closed;
});

t.test('a drain waits for their requests, and ends the idle ones', async (t) => {
  let finish: (() => void) | undefined;
  const { port, listener } = await handedOver(t, (request, response) => {
    if (request.url === '/slow') finish = () => response.end('done');
    else response.end('ok');
  });
  const idle = new RawClient(t, port).send(['GET / HTTP/1.1']);
  await idle.until(/ok$/);
  const busy = new RawClient(t, port).send(['GET /slow HTTP/1.1']);
  await eventually(() => finish !== undefined);
  let drained = false;
  const drain = listener.drain(NEVER).then(() => {
    drained = true;
  });
  await idle.closed;
  t.equal(drained, false);
  finish?.();
  await busy.until(/done$/);
  await drain;
});

t.test('a drain ends at its deadline', async (t) => {
  const { port, listener } = await handedOver(t, () => {});
  const busy = new RawClient(t, port).send(['GET /slow HTTP/1.1']);
  await busy.until(/^$/);
  await listener.drain(50);
  await busy.closed;
});

t.test('one that has ended before it came is none', async (t) => {
  const { listener, connections } = await handedOver(t, () => {});
  const front = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  t.teardown(() => front.close());
  await once(front, 'listening');
  const client = net.connect((front.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(front, 'connection')) as [net.Socket];
  client.destroy();
  socket.destroy();
  await once(socket, 'close');
  listener.accept(socket);
  t.equal(connections.load.connections, 0);
});

t.test('over TLS, a renewed certificate leaves the ticket keys as they were set', async (t) => {
  const [first, second] = [await makePair(), await makePair()];
  const { port, listener } = await handedOver(t, (_request, response) => response.end('ok'), {
    ...PLAIN,
    tls: { cert: first.cert, key: first.key },
  });
  const keys = Buffer.alloc(48, 7);
  listener.setTicketKeys(keys);
  const resumed = async (session?: Buffer): Promise<readonly [boolean, Buffer | undefined]> => {
    const socket = tls.connect({
      port,
      host: '127.0.0.1',
      ca: [first.ca, second.ca],
      ...(session && { session }),
    });
    t.teardown(() => socket.destroy());
    const given: Buffer[] = [];
    socket.on('session', (one: Buffer) => void given.push(one));
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'data');
    return [socket.isSessionReused(), given.at(-1)];
  };
  const [, session] = await resumed();
  listener.renew({ cert: second.cert, key: second.key });
  t.equal((await resumed(session))[0], true);
  listener.setTicketKeys(Buffer.alloc(48, 8));
  t.equal((await resumed(session))[0], false, 'other keys take back no ticket');
});

const makePair = () => makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
