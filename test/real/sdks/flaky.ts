import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

/** A connection is cut off behind this many bytes of the client. */
const AFTER = 64 * 1024;
/** So many connections are cut off, the first ones that get as far as that. */
const MOST_CUT = 2;

export interface Flaky {
  readonly port: number;
  /** How many connections it has cut off. */
  readonly cut: () => number;
  close(): void;
}

/** Passes connections on to a port of this host, and cuts the first large uploads off in the midst of a request. */
export async function startFlaky(port: number): Promise<Flaky> {
  let cut = 0;
  const server = net.createServer((client) => {
    const there = net.connect(port, '127.0.0.1');
    let seen = 0;
    client.on('data', ({ length }) => {
      seen += length;
      if (cut === MOST_CUT || seen < AFTER || client.destroyed) return;
      cut += 1;
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
