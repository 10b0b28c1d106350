import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

/** A connection is cut off behind this many bytes of the client. */
const AFTER = 64 * 1024;
/** One in so many. */
const EVERY = 3;

export interface Flaky {
  readonly port: number;
  /** How many connections it has cut off. */
  readonly cut: () => number;
  close(): void;
}

/** Passes connections on to a port of this host, and cuts some of them off in the midst of a request. */
export async function startFlaky(port: number): Promise<Flaky> {
  let [opened, cut] = [0, 0];
  const server = net.createServer((client) => {
    opened += 1;
    const doomed = opened % EVERY === 1;
    const there = net.connect(port, '127.0.0.1');
    let seen = 0;
    client.on('data', ({ length }) => {
      seen += length;
      if (!doomed || seen < AFTER) return;
      if (!client.destroyed) cut += 1;
      client.destroy();
      there.destroy();
    });
    client.on('error', () => there.destroy()).pipe(there);
    there.on('error', () => client.destroy()).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, cut: () => cut, close: () => void server.close() };
}
