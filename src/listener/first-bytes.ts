import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Node gives each connection a parser as soon as it is there, which takes 10 KiB, and adds its listeners. Clients that
 * say nothing need neither, so a connection gets them with its first bytes, or with its end. How long they may take is
 * for `watchConnections` to see.
 *
 * That Node's server is the one listener of its own event is not documented. Where it is not, nothing changes.
 */
export function parseFromFirstBytes(server: Server, secure: boolean): void {
  const event = secure ? 'secureConnection' : 'connection';
  const [parse, ...more] = server.listeners(event);
  if (!parse || more.length > 0) return;
  server.removeListener(event, parse as () => void);
  const begin = function begin(this: Socket): void {
    this.removeListener('readable', begin);
    Reflect.apply(parse, server, [this]);
  };
  server.on(event, (socket: Socket) => {
    // Until there is a parser nobody else listens. Such a socket is destroyed then.
    socket.on('error', ignore).on('readable', begin);
  });
}

/**
 * Begins a connection when its first bytes are there, or its end. TLS that begins with them has memory as large as they are
 * for what it reads, where it would have 64 KiB; a long body is read in smaller pieces then, and costs more.
 */
export function fromFirstBytes(raw: Socket, begin: (raw: Socket) => void): void {
  raw.on('error', ignore).once('readable', () => begin(raw));
}

function ignore(): void {}
