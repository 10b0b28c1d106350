import { once } from 'node:events';
import net from 'node:net';
import t, { type Test } from 'tap';
import { bytesOf, headerSigned, type Signing } from '../support/wire-requests.ts';
import { type BodyStand, CLIENT, hostOf, signingAs, startBodyStand } from './body-stand.ts';
import { eventually } from './wire.ts';

/** What a client does that reads the whole refusal of its upload in the middle of it. */
const ENDS: Readonly<Record<string, (socket: net.Socket) => void>> = {
  'breaks its chunks': (socket) => void socket.write('abcde, which is no chunk'),
  'ends its side': (socket) => void socket.end(),
  leaves: (socket) => void socket.destroy(),
  'resets the connection': (socket) => void socket.resetAndDestroy(),
  'ends the body': (socket) => void socket.write('0\r\n\r\n'),
};

/** Who is refused, and why. */
const REFUSED = {
  SignatureDoesNotMatch: signingAs({ ...CLIENT, secretAccessKey: 'another-secret-for-tests' }),
  MissingContentLength: signingAs(CLIENT),
} as const;

/** The head of an upload that is refused, whose body is in chunks. */
async function refusedUpload(t: Test, signing: Signing): Promise<BodyStand & { readonly head: Buffer }> {
  const stand = await startBodyStand(t);
  const asked = { method: 'PUT', path: '/secret/k', host: hostOf(stand.ports.http) };
  const signed = headerSigned(asked, '', signing);
  const headers = [
    ...signed.headers.filter(({ name }) => name !== 'content-length'),
    { name: 'transfer-encoding', value: 'chunked' },
  ];
  const bytes = bytesOf({ ...signed, headers });
  return { ...stand, head: bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4) };
}

for (const [code, signing] of Object.entries(REFUSED)) {
  t.test(
    `${code}: an upload that is refused in its middle counts as that, whatever its client does then`,
    async (t) => {
      const { head, log, ports } = await refusedUpload(t, signing);
      for (const [what, end] of Object.entries(ENDS)) {
        const lines = log.length;
        const socket = net.connect(ports.http, '127.0.0.1').on('error', () => undefined);
        t.teardown(() => socket.destroy());
        socket.write(head);
        socket.write('5\r\nabcde\r\n');
        let got = '';
        while (!got.includes('</Error>')) got += String((await once(socket, 'data'))[0]);
        end(socket);
        socket.resume();
        await eventually(() => log.length > lines);
        t.match(log.at(-1), { outcome: 'refused', code }, what);
      }
    },
  );

  t.test(`${code}: nor does it matter what had come by then`, async (t) => {
    const { head, log, ports } = await refusedUpload(t, signing);
    for (const more of ['5\r\nabcde\r\nXX', '5\r\nabcdeXX', 'XX', '5;a=\x00\r\n', '5\r\nabc']) {
      const lines = log.length;
      const socket = net.connect({ port: ports.http, allowHalfOpen: true }).on('error', () => undefined);
      t.teardown(() => socket.destroy());
      socket.write(Buffer.concat([head, Buffer.from(more)]));
      // As clients do that read an answer to its end before they close.
      socket.resume().once('end', () => socket.destroy());
      await eventually(() => log.length > lines);
      t.match(log.at(-1), { outcome: 'refused', code }, JSON.stringify(more));
    }
  });
}

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
