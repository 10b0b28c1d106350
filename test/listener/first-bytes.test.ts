import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { fromFirstBytes, parseFromFirstBytes } from '../../src/listener/first-bytes.ts';
import { eventually, RawClient } from '../e2e/wire.ts';

type Parsed = Socket & { readonly parser?: object | null };

/** A server of Node's, and the sockets that it has, as its clients come. */
async function serverOf(t: Test, secure: boolean) {
  const { ca, cert, key } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const server = secure ? https.createServer({ cert, key }) : http.createServer();
  parseFromFirstBytes(server, secure);
  server.on('request', (request, response) => response.end(request.url));
  const sockets: Parsed[] = [];
  server.on(secure ? 'secureConnection' : 'connection', (socket: Parsed) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = async (): Promise<Socket> => {
    if (!secure) return new RawClient(t, port).socket;
    const socket = tls.connect({ port, host: '127.0.0.1', ca });
    t.teardown(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  };
  return { sockets, client };
}

for (const secure of [false, true])
  t.test(`a connection ${secure ? 'over TLS ' : ''}has a parser from its first bytes on`, async (t) => {
    const { sockets, client } = await serverOf(t, secure);
    const socket = await client();
    await eventually(() => sockets.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    t.equal(sockets[0]?.parser ?? undefined, undefined);
    socket.write('GET /first HTTP/1.1\r\nhost: a\r\n\r\nGET /second HTTP/1.1\r\nhost: a\r\n\r\n');
    let got = '';
    socket.on('data', (bytes: Buffer) => {
      got += bytes.toString('latin1');
    });
    await eventually(() => /\/first[\s\S]*\/second$/.test(got));
    t.ok(sockets[0]?.parser);
  });

t.test('TLS that begins with the first bytes has all of them, however they come', async (t) => {
  const { ca, cert, key } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const secured = tls.createServer({ cert, key }, (socket) => socket.pipe(socket));
  let begun = 0;
  const server = net.createServer((raw) =>
    fromFirstBytes(raw, () => {
      begun += 1;
      secured.emit('connection', raw);
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const silent = net.connect(port, '127.0.0.1');
  t.teardown(() => silent.destroy());
  await once(silent, 'connect');
  for (const pieces of [1, 100, 100_000]) {
    // Between client and server, so that it can cut what the client says.
    const relay = net.createServer((socket) => {
      const onwards = net.connect(port, '127.0.0.1').setNoDelay(true);
      onwards.pipe(socket).on('error', () => undefined);
      socket.on('error', () => undefined).on('close', () => onwards.destroy());
      socket.on('data', (bytes: Buffer) => {
        for (let at = 0; at < bytes.length; at += pieces) onwards.write(bytes.subarray(at, at + pieces));
      });
    });
    relay.listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const client = tls.connect({ port: (relay.address() as AddressInfo).port, host: '127.0.0.1', ca });
    const body = Buffer.alloc(40_000, `${pieces} `);
    client.write(body);
    const got: Buffer[] = [];
    client.on('data', (bytes: Buffer) => got.push(bytes));
    await eventually(() => Buffer.concat(got).length === body.length);
    t.ok(Buffer.concat(got).equals(body), `${pieces} bytes at once`);
    client.destroy();
    relay.close();
  }
  t.equal(begun, 3, 'and not that of who says nothing');
  silent.end();
  await eventually(() => begun === 4);
});
