import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/** One address before several processes: each connection goes to the next of them, as a load balancer deals them out. */
export async function startFront(
  ports: readonly number[],
): Promise<{ readonly port: number; close(): void }> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = net.createServer((client) => {
    const backend = net.connect(ports[turn++ % ports.length] ?? 0, '127.0.0.1');
    for (const [from, to] of [
      [client, backend],
      [backend, client],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        open.delete(from);
        to.destroySoon();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
