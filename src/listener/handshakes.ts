import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Connection } from './connection.ts';
import type { ClientConnections } from './connections.ts';
import { remoteOf } from './remote.ts';
import { tlsFailureOf } from './tls-failures.ts';
import { isTrusted } from './trusted.ts';

/** Who does not trust a certificate leaves at once; who opens connections ahead keeps them. In milliseconds. */
const AT_ONCE_MS = 1000;

/**
 * Gives each handshake its time, from the connection on: Node's own timer begins again with each byte. Also finds out
 * which connection a TLS socket stands on.
 */
export class Handshakes {
  readonly #connections: ClientConnections;
  /** By the socket below TLS. */
  readonly #open = new Map<Socket, { connection: Connection; timer: NodeJS.Timeout; closed: () => void }>();

  constructor(server: Server, connections: ClientConnections) {
    this.#connections = connections;
    server.on('secureConnection', (socket) => this.#done(socket));
    server.on('tlsClientError', (error, socket) => this.#failed(error, socket));
  }

  begin(connection: Connection): void {
    const { raw } = connection;
    // A turn later: on a starved loop the handshake may be done, and nobody has looked yet.
    const timer = setTimeout(
      () => setImmediate(() => this.#late(connection)),
      this.#connections.load.timeouts.handshake,
    );
    // A turn later: what came last, an alert above all, may be read after the end.
    const closed = (): void => void setImmediate(() => this.#left(connection));
    this.#open.set(raw, { connection, timer, closed });
    raw.once('close', closed);
  }

  /** There is none: what came before it was refused. */
  abandon(connection: Connection): void {
    this.#forget(connection);
  }

  /**
   * A connection is over. Some clients look at the certificate only when the handshake is done, and leave without a word.
   * @param fronts networks of load balancers, whose health checks do that too
   */
  ended(connection: Connection, fronts: readonly string[] = []): void {
    const { raw, ready, begun, draining, refused, handshakeBytes, since } = connection;
    if (!ready || begun > 0 || draining !== 'no' || refused || raw.bytesRead > handshakeBytes) return;
    const { load } = this.#connections;
    if (performance.now() - since >= Math.min(AT_ONCE_MS, load.timeouts.head)) return;
    const remote = remoteOf(raw).address;
    if (remote === undefined || !isTrusted(remote, fronts)) load.tls.add('left', remote);
  }

  #done(socket: TLSSocket): void {
    const open = this.#open.get(belowOf(socket));
    if (!open) return;
    this.#forget(open.connection);
    open.connection.handshakeBytes = open.connection.raw.bytesRead;
    this.#connections.secured(open.connection, socket);
  }

  #late(connection: Connection): void {
    if (!this.#open.has(connection.raw)) return;
    const { load } = this.#connections;
    load.late('handshake');
    this.#forget(connection);
    load.tls.add('timeout', remoteOf(connection.raw).address);
    connection.raw.destroy();
  }

  #failed(error: Error, socket: TLSSocket): void {
    const open = this.#open.get(belowOf(socket));
    if (!open) return;
    const { reason } = error as { reason?: string };
    // Node ends a handshake in which the certificate does not do as if the client had, and leaves its reason at the socket.
    const refused = socket.authorizationError as unknown;
    const said = typeof refused === 'string' ? refused : undefined;
    // One that the client ended is for `closed`, behind which an alert may still come.
    if (reason === undefined && said === undefined) return;
    this.#forget(open.connection);
    const failure = said === undefined ? tlsFailureOf(reason ?? '') : 'client-certificate';
    this.#connections.load.tls.add(failure, remoteOf(open.connection.raw).address, { said });
  }

  /** Who only looks whether somebody listens, as load balancers do, says nothing before leaving, and did not fail. */
  #left(connection: Connection): void {
    if (!this.#open.has(connection.raw)) return;
    this.#forget(connection);
    const { raw } = connection;
    if (raw.bytesRead === 0) return;
    this.#connections.load.tls.add(raw.bytesWritten > 0 ? 'left' : 'reset', remoteOf(raw).address);
  }

  #forget({ raw }: Connection): void {
    const open = this.#open.get(raw);
    if (!open) return;
    clearTimeout(open.timer);
    raw.off('close', open.closed);
    this.#open.delete(raw);
  }
}

/**
 * The socket that a TLS socket stands on. Addresses and ports would not say it: a unix socket has none, one that is over has lost
 * its own, and a client may use one port for several addresses of this machine. Node keeps it in a field that is not documented;
 * where that is not there, no client of a listener with TLS is served, which every test of one sees.
 */
function belowOf(socket: TLSSocket): Socket {
  const { _parent: lower } = socket as { _parent?: Socket | null };
  return lower ?? socket;
}
