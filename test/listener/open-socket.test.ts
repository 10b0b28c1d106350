import { once } from 'node:events';
import { lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { ClientConnections } from '../../src/listener/connections.ts';
import { listen } from '../../src/listener/listen.ts';
import { Load } from '../../src/listener/load.ts';
import { remoteOf } from '../../src/listener/remote.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { systemdSocket, unusedSockets } from '../../src/listener/systemd-sockets.ts';
import { folderOf } from '../e2e/process.ts';
import { eventually } from '../e2e/wire.ts';

const BASE = {
  host: 'localhost',
  port: 0,
  tls: undefined,
  auth: 'none',
  permissions: { admin: false, grants: [] },
} as const;
const REQUEST = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';

async function at(t: Test, path: string, more: Partial<ListenerSettings> = {}, mode = 0o660) {
  const load = new Load();
  const settings = { ...BASE, ...more, socket: { kind: 'unix', path, mode } } as const;
  const listener = await listen(
    settings,
    (request, response) => response.end(`from ${remoteOf(request.socket).address}`),
    new ClientConnections(load),
  );
  t.teardown(() => listener.drain(0));
  return { listener, load };
}

async function answerOf(socket: net.Socket, request = REQUEST): Promise<string> {
  let got = '';
  socket.on('data', (bytes: Buffer) => (got += bytes.toString()));
  socket.write(request);
  await once(socket, 'close');
  return got;
}

t.test('serves at a unix socket, whose file has its mode and goes with it', async (t) => {
  const folder = await folderOf(t, {});
  const path = join(folder, 's3.sock');
  for (const mode of [0o660, 0o600, 0o666]) {
    const { listener, load } = await at(t, path, {}, mode);
    t.equal(listener.url, `unix:${path}`);
    t.equal(lstatSync(path).mode & 0o777, mode);
    t.match(await answerOf(net.connect({ path })), /200 OK[\s\S]*from undefined$/);
    await eventually(() => load.connections === 0);
    await listener.drain(0);
    t.strictSame(readdirSync(folder), []);
  }
});

t.test('over TLS, each connection of a unix socket is its own', async (t) => {
  const path = join(await folderOf(t, {}), 's3.sock');
  const pair = await makeCertificates({ names: ['localhost'], addresses: [] });
  const { load } = await at(t, path, { tls: pair });
  const silent = net.connect({ path });
  t.teardown(() => silent.destroy());
  await eventually(() => load.connections === 1);
  const connect = () => tls.connect({ path, ca: pair.ca, servername: 'localhost' });
  const answers = await Promise.all([answerOf(connect()), answerOf(connect()), answerOf(connect())]);
  for (const answer of answers) t.match(answer, /200 OK/);
  silent.destroy();
  await eventually(() => load.connections === 0);
  t.equal(load.timeoutsOf('handshake'), 0);
});

t.test('a load balancer at a unix socket is trusted', async (t) => {
  const path = join(await folderOf(t, {}), 's3.sock');
  await at(t, path, { front: { proxyProtocol: true, forwardedFor: false, trusted: [] } });
  const header = 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n';
  t.match(await answerOf(net.connect({ path }), header + REQUEST), /from 192\.0\.2\.7$/);
});

t.test("leaves the path alone when it is another program's at the end, or nobody's", async (t) => {
  const folder = await folderOf(t, {});
  const path = join(folder, 's3.sock');
  const { listener } = await at(t, path);
  unlinkSync(path);
  const other = net.createServer((socket) => socket.end('of another')).listen(path);
  await once(other, 'listening');
  t.teardown(() => other.close());
  await listener.drain(0);
  const [said] = (await once(net.connect({ path }), 'data')) as [Buffer];
  t.equal(String(said), 'of another');
  const { listener: next } = await at(t, join(folder, 'next.sock'));
  unlinkSync(join(folder, 'next.sock'));
  await next.drain(0);
  t.strictSame(readdirSync(folder), ['s3.sock']);
});

t.test('what could not be opened leaves nothing, and a path may be as long as paths are', async (t) => {
  const folder = await folderOf(t, { file: 'of somebody' });
  await t.rejects(at(t, join(folder, 'file')));
  t.strictSame(readdirSync(folder), ['file']);
  const long = join(folder, 'x'.repeat(106 - folder.length));
  t.equal(Buffer.byteLength(long), 107);
  await at(t, long);
  t.match(await answerOf(net.connect({ path: long })), /200 OK/);
});

t.test('takes the place of a socket that a killed process left, and of no other', async (t) => {
  const folder = await folderOf(t, { file: 'of somebody' });
  const path = join(folder, 's3.sock');
  const left = net.createServer().listen(path);
  await once(left, 'listening');
  await t.rejects(at(t, path), { message: `another process listens at ${path}` });
  // What closes its socket removes the file; so keep it under another name meanwhile.
  renameSync(path, `${path}.kept`);
  left.close();
  await once(left, 'close');
  renameSync(`${path}.kept`, path);
  await at(t, path);
  t.match(await answerOf(net.connect({ path })), /200 OK/);

  await t.rejects(at(t, join(folder, 'file')), { message: /is something else than a socket; remove it/ });
  t.ok(lstatSync(join(folder, 'file')).isFile());
  await t.rejects(at(t, join(folder, 'none', 's3.sock')), {
    message: /none, the folder of the socket, is not there; make it$/,
  });
});

t.test('names the sockets of systemd that no listener uses', (t) => {
  const env = { LISTEN_PID: '7', LISTEN_FDS: '3', LISTEN_FDNAMES: 's3:admin:' };
  const listeners = [{ socket: { kind: 'systemd', name: 's3' } as const }, { socket: undefined }];
  t.strictSame(unusedSockets(listeners, env, 7), ['admin', 'one without a name']);
  t.strictSame(unusedSockets(listeners, env, 8), [], 'they are for another process');
  t.strictSame(unusedSockets(listeners, {}, 7), []);
  t.end();
});

t.test('finds the socket of systemd by its name', (t) => {
  const env = { LISTEN_PID: '7', LISTEN_FDS: '3', LISTEN_FDNAMES: 's3:admin:s3' };
  t.equal(systemdSocket('admin', env, 7), 4);
  t.throws(() => systemdSocket('s3', env, 7), { message: /^systemd has passed 2 sockets with the name s3/ });
  t.throws(() => systemdSocket('web', env, 7), { message: /no socket with the name web, but s3, admin, s3/ });
  const unnamed = { ...env, LISTEN_FDS: '2', LISTEN_FDNAMES: ':admin' };
  t.throws(() => systemdSocket('web', unnamed, 7), {
    message: /the name web, but one without a name, admin; set/,
  });
  for (const other of [
    {},
    { ...env, LISTEN_PID: '8' },
    { ...env, LISTEN_FDS: '0' },
    { ...env, LISTEN_FDS: 'x' },
  ])
    t.throws(() => systemdSocket('admin', other, 7), {
      message: /^systemd has passed no sockets to this process/,
    });
  t.throws(() => systemdSocket('a', { ...env, LISTEN_FDS: '1', LISTEN_FDNAMES: 'b:a' }, 7));
  t.end();
});
