import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import net, { type Socket } from 'node:net';

/**
 * Makes a server drainable: the returned function stops accepting connections and resolves when the last response has
 * been sent, or at the deadline, in milliseconds.
 *
 * Node's own `close` is not a drain: it destroys connections whose response has ended but is still buffered, and it
 * leaves connections that become idle later open for their keep-alive time.
 */
export function drainable(server: Server, secure: boolean): (deadlineMs: number) => Promise<void> {
  /** Open connections and the number of responses that each still owes. */
  const open = new Map<Socket, Set<ServerResponse>>();
  /** The same connections below TLS, including those still in the handshake. */
  const sockets = new Set<Socket>();
  let draining = false;
  const endIfIdle = (socket: Socket): void => {
    if (draining && open.get(socket)?.size === 0) socket.destroySoon();
  };
  // Of a server that has never listened, whose connections come from another process, `close` knows nothing of them.
  let ended = (): void => {};
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      ended();
    });
  });
  server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.set(socket, new Set());
    socket.once('close', () => open.delete(socket));
    endIfIdle(socket);
  });
  const track = ({ socket }: IncomingMessage, response: ServerResponse): void => {
    open.get(socket)?.add(response);
    response.once('close', () => {
      open.get(socket)?.delete(response);
      endIfIdle(socket);
    });
  };
  server.on('request', track).on('checkContinue', track);
  return (deadlineMs) =>
    new Promise((resolve) => {
      draining = true;
      const force = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, deadlineMs);
      let closed = false;
      ended = () => {
        if (!closed || sockets.size > 0) return;
        clearTimeout(force);
        resolve();
      };
      net.Server.prototype.close.call(server, () => {
        closed = true;
        ended();
      });
      for (const [socket, answers] of open) {
        const last = [...answers].at(-1);
        if (last && !last.headersSent) last.shouldKeepAlive = false;
        endIfIdle(socket);
      }
    });
}
