import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { CLIENT_TIMEOUTS } from '../../src/listener/bounds.ts';
import { ClientConnections } from '../../src/listener/connections.ts';
import { listen } from '../../src/listener/listen.ts';
import { Load } from '../../src/listener/load.ts';
import { type TlsFailureLine, TlsFailures } from '../../src/listener/tls-failures.ts';
import { eventually } from '../e2e/wire.ts';

interface Stand {
  readonly port: number;
  readonly ca: string;
  readonly lines: TlsFailureLine[];
}

/**
 * @param manySlow then TLS begins with the first bytes of a connection
 * @param handshake the time for one, in milliseconds: none here is late unless it is to be
 */
async function stand(
  t: Test,
  manySlow: boolean,
  trusted?: readonly string[],
  handshake = 60_000,
): Promise<Stand> {
  const { ca, cert, key } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const load = new Load({ timeouts: { ...CLIENT_TIMEOUTS, handshake } });
  load.areManySlow = () => manySlow;
  const lines: TlsFailureLine[] = [];
  load.tls.tell = (line) => void lines.push(line);
  const settings = {
    host: '127.0.0.1',
    port: 0,
    auth: 'none',
    permissions: { admin: false, grants: [] },
  } as const;
  const listener = await listen(
    {
      ...settings,
      tls: { cert, key },
      ...(trusted && { front: { proxyProtocol: false, forwardedFor: true, trusted } }),
    },
    (_request, response) => response.end(),
    new ClientConnections(load),
  );
  t.teardown(() => listener.drain(0));
  return { port: listener.port, ca, lines };
}

/** As Node.js does that does not trust the certificate: ends the connection as soon as it has seen it. */
async function leave(port: number, options: tls.ConnectionOptions): Promise<void> {
  const socket = tls.connect({ port, host: '127.0.0.1', ...options }).on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
}

/** Connects, says these bytes, and leaves when it is told to. */
async function say(port: number, bytes: Buffer | string, leave: 'at once' | 'never'): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  if (bytes.length > 0) await new Promise((resolve) => socket.write(bytes, resolve));
  if (leave === 'at once') {
    // What was said arrives before the end.
    socket.end();
    setTimeout(() => socket.destroy(), 200).unref();
  } else socket.resume();
  await closed;
}

async function handshake(port: number, options: tls.ConnectionOptions): Promise<void> {
  const socket = tls.connect({ port, host: '127.0.0.1', ...options });
  socket.on('error', () => undefined).on('data', () => socket.destroy());
  socket.on('secureConnect', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  await new Promise((resolve) => socket.once('close', resolve));
}

/** Ends the connection in the words of TLS, after the handshake. */
async function goodbye(port: number, ca: string): Promise<void> {
  const socket = tls.connect({ port, host: '127.0.0.1', ca }).on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  // A ticket, which the server sends when its handshake is done.
  await once(socket.resume(), 'session');
  // A turn later: the ticket is told of in the middle of a read, and Node.js 24 then ends without a word.
  await new Promise(setImmediate);
  socket.end();
  await closed;
}

/** As a client that knows no such authority: begins, sees the certificate, and sends a fatal alert. */
async function distrust(port: number): Promise<void> {
  const hello = await helloOf({ maxVersion: 'TLSv1.2' });
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined).once('data', () => socket.write(UNKNOWN_CA));
  socket.write(hello);
  await new Promise((resolve) => socket.once('close', resolve));
}

/** The first bytes of a client. */
async function helloOf(options: tls.ConnectionOptions): Promise<Buffer> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const client = tls.connect({ port, host: '127.0.0.1', ...options }).on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [net.Socket];
  const [hello] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

/** A fatal alert, as a client sends it that knows no such authority. */
const UNKNOWN_CA = Buffer.from('15030300020230', 'hex');
const BEGUN = Buffer.from('1603010200', 'hex');

/** However TLS begins. */
function always(name: string, run: (t: Test, manySlow: boolean) => Promise<void>): void {
  for (const manySlow of [false, true])
    t.test(manySlow ? `${name}, while many clients are slow` : name, (t) => run(t, manySlow));
}

always(
  'a handshake that fails leaves a line with its reason, whose it was and what to do',
  async (t, manySlow) => {
    const { port, ca, lines } = await stand(t, manySlow);
    const faults: readonly (readonly [reason: string, cause: RegExp, fail: () => Promise<void>])[] = [
      ['untrusted', /give it the CA/, () => distrust(port)],
      ['plain-http', /https:\/\//, () => say(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'never')],
      [
        'old-version',
        /below 1\.2/,
        () => handshake(port, { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
      ],
      [
        'no-shared-cipher',
        /cipher/,
        () => handshake(port, { ca, maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:@SECLEVEL=0' }),
      ],
      ['left', /may not trust it/, () => leave(port, { maxVersion: 'TLSv1.2' })],
      ['left', /may not trust it/, () => leave(port, { minVersion: 'TLSv1.3' })],
      ['reset', /before it was shown/, () => say(port, BEGUN, 'at once')],
      ['other', /not a TLS handshake/, () => say(port, Buffer.alloc(100, 7), 'never')],
    ];
    for (const [reason, cause, fail] of faults) {
      lines.splice(0);
      await fail();
      await eventually(() => lines.length > 0);
      t.match(lines, [{ reason, cause, remote: '127.0.0.1' }], reason);
      t.equal(lines.length, 1, `${reason}: one line`);
    }
  },
);

always('a handshake that is never finished leaves one too', async (t, manySlow) => {
  const { port, lines } = await stand(t, manySlow, undefined, 100);
  await say(port, BEGUN, 'never');
  await eventually(() => lines.length > 0);
  t.match(lines, [{ reason: 'timeout', cause: /timeouts\.handshake/, remote: '127.0.0.1' }]);
  t.equal(lines.length, 1, 'one line');
});

always('a handshake that succeeds, and a look whether somebody listens, leave none', async (t, manySlow) => {
  const { port, ca, lines } = await stand(t, manySlow);
  await handshake(port, { ca });
  await say(port, '', 'at once');
  await handshake(port, { ca, maxVersion: 'TLSv1.2' });
  await goodbye(port, ca);
  t.same(lines, []);
});

always('a health check of a load balancer that is trusted leaves no line', async (t, manySlow) => {
  const { port, lines } = await stand(t, manySlow, ['127.0.0.1']);
  await leave(port, { maxVersion: 'TLSv1.2' });
  // Told after it, by whoever is told in the same way.
  await say(port, BEGUN, 'at once');
  await eventually(() => lines.length > 0);
  t.match(lines, [{ reason: 'reset' }]);
});

t.test('many failures fill no disk: they are counted, and the next line says how many', async (t) => {
  const failures = new TlsFailures();
  const lines: TlsFailureLine[] = [];
  failures.tell = (line) => void lines.push(line);
  for (let count = 0; count < 1000; count += 1) failures.add('plain-http', '192.0.2.1', { now: 5 });
  t.equal(lines.length, 10);
  t.equal(failures.count('plain-http'), 1000);
  failures.add('left', '192.0.2.1', { now: 5 });
  t.match(lines, { length: 11, 10: { reason: 'left' } }, 'who only left has lines of its own');
  failures.add('reset', '192.0.2.1', { now: 60_005 });
  t.match(lines.at(-1), { reason: 'reset', untold: 990 });
});
