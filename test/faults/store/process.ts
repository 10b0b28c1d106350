import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Command, Reply } from './commands.ts';
import { serveConnection } from './connection.ts';
import { Place } from './place.ts';

/**
 * The store of these tests, in a process of its own: one port for each row, bare sockets, a reader of its own. It does
 * what it is told, and keeps what it took. Its commands come over the channel of a forked process.
 */
const places = new Map<string, Place>();

process.on('message', (command: Command) => {
  void carryOut(command).then(
    (reply) => process.send?.({ ...reply, id: command.id }),
    (error: unknown) => process.send?.({ id: command.id, error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));

async function carryOut(command: Command): Promise<Reply> {
  if (command.do === 'open') return { port: await open(command) };
  const place = places.get(command.place);
  if (!place) throw new Error(`there is no ${command.place}`);
  if (command.do === 'records') return { records: place.records() };
  if (command.do === 'release') place.gates.release(command.gate);
  else await place.gates.reached(command.gate);
  return {};
}

async function open({ place: name, behaviour, tls }: Extract<Command, { do: 'open' }>): Promise<number> {
  const place = new Place(behaviour, (bucket) => places.has(bucket));
  places.set(name, place);
  if (behaviour.socket === 'closed') return await takenPort();
  const secureContext = tls && createSecureContext({ ...tls, minVersion: 'TLSv1.2' });
  const server = net.createServer(
    { allowHalfOpen: true },
    (socket) => void serveConnection(socket, place, secureContext),
  );
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return port;
}

/** A port that nobody listens at and that nobody else is given: it is the near end of a connection. */
async function takenPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket.localPort ?? 0;
}
