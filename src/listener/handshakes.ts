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
 * which connection a TLS socket stands on, which only their two ports say.
 */
export class Handshakes {
  readonly #connections: ClientConnections;
  readonly #open = new Map<Peer, { connection: Connection; timer: NodeJS.Timeout; closed: () => void }>();

  constructor(server: Server, connections: ClientConnections) {
    this.#connections = connections;
    server.on('secureConnection', (socket) => this.#done(socket));
    server.on('tlsClientError', (error, socket) => this.#failed(error, socket));
  }

  begin(connection: Connection): void {
    const { raw } = connection;
    const peer = peerOf(raw);
    // A turn later: on a starved loop the handshake may be done, and nobody has looked yet.
    const timer = setTimeout(
      () => setImmediate(() => this.#late(peer, connection)),
      this.#connections.load.timeouts.handshake,
    );
    // A turn later: what came last, an alert above all, may be read after the end.
    const closed = (): void => void setImmediate(() => this.#left(peer, connection));
    this.#open.set(peer, { connection, timer, closed });
    raw.once('close', closed);
  }

  /** There is none: what came before it was refused. */
  abandon(connection: Connection): void {
    this.#forget(peerOf(connection.raw), connection);
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
    const peer = peerOf(socket);
    const open = this.#open.get(peer);
    if (!open) return;
    this.#forget(peer, open.connection);
    open.connection.handshakeBytes = open.connection.raw.bytesRead;
    this.#connections.secured(open.connection, socket);
  }

  #late(peer: Peer, connection: Connection): void {
    if (this.#open.get(peer)?.connection !== connection) return;
    const { load } = this.#connections;
    load.late('handshake');
    this.#forget(peer, connection);
    load.tls.add('timeout', remoteOf(connection.raw).address);
    connection.raw.destroy();
  }

  #failed(error: Error, socket: TLSSocket): void {
    const peer = peerOf(socket);
    const open = this.#open.get(peer);
    if (!open) return;
    const { reason } = error as { reason?: string };
    // Node ends a handshake in which the certificate does not do as if the client had, and leaves its reason at the socket.
    const refused = socket.authorizationError as unknown;
    const said = typeof refused === 'string' ? refused : undefined;
    // One that the client ended is for `closed`, behind which an alert may still come.
    if (reason === undefined && said === undefined) return;
    this.#forget(peer, open.connection);
    const failure = said === undefined ? tlsFailureOf(reason ?? '') : 'client-certificate';
    this.#connections.load.tls.add(failure, remoteOf(open.connection.raw).address, { said });
  }

  /** Who only looks whether somebody listens, as load balancers do, says nothing before leaving, and did not fail. */
  #left(peer: Peer, connection: Connection): void {
    if (this.#open.get(peer)?.connection !== connection) return;
    this.#forget(peer, connection);
    const { raw } = connection;
    if (raw.bytesRead === 0) return;
    this.#connections.load.tls.add(raw.bytesWritten > 0 ? 'left' : 'reset', remoteOf(raw).address);
  }

  #forget(peer: Peer, connection: Connection): void {
    const open = this.#open.get(peer);
    if (open?.connection !== connection) return;
    clearTimeout(open.timer);
    connection.raw.off('close', open.closed);
    this.#open.delete(peer);
  }
}

type Peer = string | Socket;

/**
 * Two sockets of one connection have one peer. Those of a unix socket have no address, and those that are over may have none any
 * more: then it is that of the lower one, which Node keeps in a field that is not documented; test/listener/open-socket.test.ts
 * and client-certificate.test.ts see it.
 */
function peerOf(socket: Socket): Peer {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress !== undefined) return `${remoteAddress} ${remotePort}`;
  const { _parent: lower } = socket as { _parent?: Socket | null };
  return lower ? peerOf(lower) : socket;
}
