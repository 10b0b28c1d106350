import net, { type AddressInfo, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { queueIn, unacknowledged } from '../src/unacknowledged.ts';
import { eventually } from './e2e/wire.ts';

/** A connection whose client reads nothing, and the server's end of it. */
async function unread(t: Test, host: string): Promise<Socket> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  const arrived = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = net.connect((server.address() as AddressInfo).port, host).pause();
  const socket = await arrived;
  t.teardown(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return socket;
}

/** What the system tells, once it is told in time: that takes a thread. */
async function knownOf(socket: Socket): Promise<number | undefined> {
  for (let tries = 0; tries < 20; tries += 1) {
    const bytes = await unacknowledged(socket);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

const ON_LINUX = { skip: process.platform !== 'linux' && 'only Linux tells what it holds' };

t.test('what a reader has not taken is seen, and that of each connection alone', ON_LINUX, async (t) => {
  const [full, empty] = await Promise.all([unread(t, '127.0.0.1'), unread(t, '127.0.0.1')]);
  full.write(Buffer.alloc(32 * 1024 * 1024));
  await eventually(() => full.writableLength > 0);
  const [held, none] = await Promise.all([knownOf(full), knownOf(empty)]);
  t.ok(held !== undefined && held > 0, `${held} bytes are held`);
  t.equal(none, 0);
});

t.test('an address of IPv6 is found too', ON_LINUX, async (t) => {
  const socket = await unread(t, '::1').catch(() => undefined);
  if (socket) t.equal(await knownOf(socket), 0);
  else t.pass('this machine has no IPv6');
});

t.test('of a socket that is not connected nothing is known', async (t) => {
  t.equal(await unacknowledged(new net.Socket()), undefined);
});

t.test('a line that is none, or of other ports, says nothing', (t) => {
  const ports = new Set(['8080-39265']);
  for (const line of [
    '',
    '  sl  local_address rem_address',
    ' 0: 0100007F:1F90 0100007F:9960 01 00000400:00000000',
  ])
    t.equal(queueIn(line, ports), undefined);
  t.equal(queueIn(' 0: 0100007F:1F90 0100007F:9961 01 zz', ports), undefined);
  t.match(queueIn(' 0: 0100007F:1F90 0100007F:9961 01 00000400:00000000 00', ports), { bytes: 1024 });
  t.end();
});
