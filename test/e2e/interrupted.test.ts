import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { bytesOf, crcOf, framed, headerSigned } from '../support/wire-requests.ts';
import { CLIENT, hostOf, send, signingAs, startBodyStand } from './body-stand.ts';
import { eventually } from './wire.ts';

const MIB = 1024 * 1024;

t.test('a client that leaves in the middle of its chunks leaves nothing behind', async (t) => {
  for (const provider of ['generic', 'aws'] as const) {
    const { ports, log, disk } = await startBodyStand(t, { provider });
    const asked = { method: 'PUT', path: '/secret/k', host: hostOf(ports.http) };
    const signing = signingAs(CLIENT);
    await send(ports.http, headerSigned(asked, 'the version before', signing));
    const before = await disk();
    for (const framing of ['chunks', 'chunks and trailer', 'unsigned trailer'] as const) {
      const bytes = bytesOf(framed(asked, 'x'.repeat(100_000), signing, { framing }));
      const socket = net.connect(ports.http, '127.0.0.1');
      const lines = log.length;
      socket.write(bytes.subarray(0, 60_000));
      await pause(100);
      socket.destroy();
      await eventually(() => log.length > lines);
      t.equal(log.at(-1)?.code, 'ClientLeft', `${provider}, ${framing}`);
    }
    // The store may still be about to throw away what it has.
    for (let tries = 0; tries < 500 && (await disk()) !== before; tries += 1) await pause(20);
    t.equal(await disk(), before);
    const got = await send(ports.http, headerSigned({ ...asked, method: 'GET' }, '', signing));
    t.equal(got.body.toString(), 'the version before');
  }
});

t.test('a document in chunks is read out of them, also where trailers go on to the store', async (t) => {
  const { ports } = await startBodyStand(t, { provider: 'aws' });
  const asked = { method: 'PUT', path: '/secret/k', host: hostOf(ports.http) };
  await send(ports.http, headerSigned(asked, 'x', signingAs(CLIENT)));
  const document = '<Delete><Object><Key>k</Key></Object></Delete>';
  const request = framed({ ...asked, method: 'POST', path: '/secret' }, document, signingAs(CLIENT), {
    framing: 'unsigned trailer',
    trailer: ['x-amz-checksum-crc32', crcOf(document)],
  });
  const headers = request.headers.map((part) =>
    part.name === 'host' ? { ...part, value: hostOf(ports.open) } : part,
  );
  const query = [{ name: 'delete', value: '' }];
  const got = await send(ports.open, { ...request, headers, query });
  t.match(got, { status: 200 });
  t.match(got.text, '<Deleted><Key>k</Key>');
  const read = headerSigned({ ...asked, method: 'GET' }, '', signingAs(CLIENT));
  t.equal((await send(ports.http, read)).code, 'NoSuchKey');
});

t.test('when the store has refused an upload early, its client is read on and gets the answer', async (t) => {
  const store = http.createServer((request, response) => {
    request.on('error', () => undefined);
    response.writeHead(403, { 'content-length': '0' }).end();
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    store.closeAllConnections();
    store.close();
  });
  const { ports } = await startBodyStand(t, { storePort: (store.address() as AddressInfo).port });
  const asked = { method: 'PUT', path: '/secret/k', host: hostOf(ports.http) };
  const bytes = bytesOf(
    framed(asked, 'x'.repeat(32 * MIB), signingAs(CLIENT), { framing: 'chunks', chunkBytes: 8 * MIB }),
  );
  const socket = net.connect(ports.http, '127.0.0.1');
  let received = '';
  socket.on('data', (piece: Buffer) => {
    received += piece.toString('latin1');
  });
  const fault = new Promise<string>((resolve) => {
    socket.once('error', (error) => resolve(error.message)).once('end', () => resolve('none'));
  });
  const written = new Promise<boolean>((resolve) => {
    socket.write(bytes, (error) => resolve(!error));
  });
  t.equal(await fault, 'none');
  // The end may be told before the last of the bytes that were taken.
  t.ok(await written, 'all of it was read');
  socket.destroy();
  t.match(received, /^HTTP\/1\.1 403 /);
});
