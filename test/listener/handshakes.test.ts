import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { CLIENT_TIMEOUTS } from '../../src/listener/bounds.ts';
import { ClientConnections } from '../../src/listener/connections.ts';
import { listen } from '../../src/listener/listen.ts';
import { Load } from '../../src/listener/load.ts';
import { eventually } from '../e2e/wire.ts';

/** Two addresses of one listener. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2'] as const;

async function stand(t: Test, handshake: number) {
  const { ca, cert, key } = await makeCertificates({ names: [], addresses: [...ADDRESSES] });
  const load = new Load({ timeouts: { ...CLIENT_TIMEOUTS, handshake } });
  const listener = await listen(
    {
      host: '0.0.0.0',
      port: 0,
      tls: { cert, key },
      auth: 'none',
      permissions: { admin: false, grants: [] },
    },
    (request, response) => response.end(`to ${request.socket.localAddress}`),
    new ClientConnections(load),
  );
  t.teardown(() => listener.drain(0));
  return { port: listener.port, ca, load };
}

/** Connections to both addresses from one and the same port, which are open at the same time. */
async function fromOnePort(t: Test, port: number): Promise<net.Socket[]> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: localPort } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const sockets = ADDRESSES.map((host) => net.connect({ port, host, localAddress: '127.0.0.1', localPort }));
  for (const socket of sockets) socket.on('error', () => undefined);
  t.teardown(() => sockets.forEach((socket) => void socket.destroy()));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

t.test('each of two connections from one port has its own time for the handshake', async (t) => {
  const { port, load } = await stand(t, 300);
  const sockets = await fromOnePort(t, port);
  for (const socket of sockets) socket.resume();
  await eventually(() => load.connections === 0);
  t.equal(load.connections, 0, 'both are closed');
  t.equal(load.timeoutsOf('handshake'), 2);
});

t.test('each of two connections from one port is served', async (t) => {
  const { port, ca } = await stand(t, 10_000);
  const sockets = await fromOnePort(t, port);
  const answers = sockets.map(async (socket) => {
    const secure = tls.connect({ socket, ca, checkServerIdentity: () => undefined });
    await once(secure, 'secureConnect');
    secure.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    let text = '';
    for await (const part of secure) text += String(part);
    return text;
  });
  for (const [index, address] of ADDRESSES.entries())
    t.match(await answers[index], new RegExp(`^HTTP/1\\.1 200 OK[^]*to ${address}`), address);
});
