import { once } from 'node:events';
import net from 'node:net';
import t from 'tap';
import { bytesOf, headerSigned } from '../support/wire-requests.ts';
import { CLIENT, hostOf, signingAs, startBodyStand } from './body-stand.ts';
import { eventually } from './wire.ts';

/** What a client does that reads the whole refusal of its upload in the middle of it. */
const ENDS: Readonly<Record<string, (socket: net.Socket) => void>> = {
  'breaks its chunks': (socket) => void socket.write('abcde, which is no chunk'),
  'ends its side': (socket) => void socket.end(),
  leaves: (socket) => void socket.destroy(),
  'resets the connection': (socket) => void socket.resetAndDestroy(),
  'ends the body': (socket) => void socket.write('0\r\n\r\n'),
};

t.test('an upload that is refused in its middle counts as refused, whatever its client does then', async (t) => {
  const { ports, log } = await startBodyStand(t);
  const wrong = signingAs({ ...CLIENT, secretAccessKey: 'another-secret-for-tests' });
  const asked = { method: 'PUT', path: '/secret/k', host: hostOf(ports.http) };
  const signed = headerSigned(asked, '', wrong);
  const headers = [
    ...signed.headers.filter(({ name }) => name !== 'content-length'),
    { name: 'transfer-encoding', value: 'chunked' },
  ];
  const head = bytesOf({ ...signed, headers });
  for (const [what, end] of Object.entries(ENDS)) {
    const lines = log.length;
    const socket = net.connect(ports.http, '127.0.0.1').on('error', () => undefined);
    t.teardown(() => socket.destroy());
    socket.write(head);
    socket.write('5\r\nabcde\r\n');
    let got = '';
    while (!got.includes('</Error>')) got += String((await once(socket, 'data'))[0]);
    t.match(got, /^HTTP\/1\.1 403 /, what);
    end(socket);
    socket.resume();
    await eventually(() => log.length > lines);
    t.match(log.at(-1), { outcome: 'refused', status: 403, code: 'SignatureDoesNotMatch' }, what);
  }
});

t.test('a client that leaves before it has a refusal has left', async (t) => {
  const { ports, log } = await startBodyStand(t);
  const asked = { method: 'PUT', path: '/secret/k', host: hostOf(ports.http) };
  const socket = net.connect(ports.http, '127.0.0.1').on('error', () => undefined);
  socket.write(bytesOf(headerSigned(asked, 'x'.repeat(1000), signingAs(CLIENT))).subarray(0, -500));
  await once(socket, 'connect');
  socket.end();
  await eventually(() => log.some(({ op }) => op === 'PutObject'));
  t.match(log.at(-1), { outcome: 'left', code: 'ClientLeft' });
  socket.destroy();
});
