import net, { type Server, type Socket } from 'node:net';
import type { Connection, Draining } from './connection.ts';
import type { ClientConnections } from './connections.ts';
import { breakConnection, type End } from './ending.ts';

const OVER: End = { code: 'Drained', cause: 'the time of the drain was over before the answer' };

/**
 * Stops accepting connections, ends each behind its answers (as `draining` says), and resolves when the last one is closed, or ends all at the
 * deadline, in milliseconds.
 *
 * Node's own `close` is not a drain: it destroys connections whose response has ended but is still buffered, and it
 * leaves connections that become idle later open for their keep-alive time.
 *
 * @param open those of this server, including those that are still in the handshake
 */
export async function drainServer(
  server: Server,
  { open, connections }: { open: ReadonlySet<Connection>; connections: ClientConnections },
  { deadlineMs, draining }: { readonly deadlineMs: number; readonly draining: Draining },
): Promise<void> {
  const force = setTimeout(() => {
    for (const { raw, socket } of open) {
      breakConnection(socket, OVER);
      raw.destroy();
    }
  }, deadlineMs);
  const closed = new Promise<void>((resolve) => {
    net.Server.prototype.close.call(server, () => resolve());
  });
  for (const connection of open) connections.drain(connection, draining);
  await closed;
  // Node does not count connections that another process has accepted.
  for (let [first] = open; first; [first] = open) await endOf(first.raw);
  clearTimeout(force);
}

async function endOf(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
}
