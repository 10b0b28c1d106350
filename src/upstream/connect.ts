import net, { type LookupFunction, type Socket } from 'node:net';
import tls, { type SecureContext } from 'node:tls';
import type { Connection } from './connection.ts';
import { Deadline } from './deadline.ts';
import { readOver, recordSocket } from './lean.ts';
import { surviveWrites } from './survive-writes.ts';
import type { Upstream } from './upstream.ts';
import { UpstreamError } from './upstream-error.ts';

export interface Way {
  /** The name that the certificate is checked for and that goes into SNI; empty for an address. */
  readonly servername: string;
  /** Over TLS: that of `trustIn`. */
  readonly trust: SecureContext | undefined;
  readonly lookup: LookupFunction;
  /** Of an earlier connection to the same place. */
  readonly session: Buffer | undefined;
  readonly onSession: (session: Buffer) => void;
}

/**
 * Opens a connection, TLS included, within `timeouts.connect` in all, name resolution included.
 * @throws UpstreamError connect-timeout, unreachable, reset
 */
export function connect(connection: Connection, upstream: Upstream, way: Way): Promise<void> {
  const below = connection.lean && upstream.protocol === 'https:' ? recordSocket() : undefined;
  const socket = socketTo(connection, upstream, way, below);
  connection.socket = socket;
  if (below) {
    readOver(below, connection);
    // Before, a failed write is that of the handshake, which ends at once.
    socket.once('secureConnect', () => {
      surviveWrites(socket);
      surviveWrites(below);
    });
  } else surviveWrites(socket);
  connection.watch();
  // What listens to the socket keeps no more of the upstream than this.
  const { protocol, timeouts } = upstream;
  return new Promise((resolve, reject) => {
    const deadline = new Deadline(() => {
      socket.destroy(new UpstreamError('connect-timeout', 'no connection in time', { late: 'connect' }));
    });
    deadline.begin(timeouts.connect);
    socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      deadline.end();
      resolve();
    });
    socket.on('error', (error) => reject(UpstreamError.from(error)));
    socket.once('close', () => {
      deadline.end();
      reject(new UpstreamError('reset', 'the store ended the connection'));
    });
  });
}

/**
 * Whom the connections to a store trust, and from which version of TLS on. One for all of them: each that had its own would take
 * 23 KiB more, and read the certificates of `ca` again.
 */
export function trustIn({ protocol, ca }: Upstream): SecureContext | undefined {
  if (protocol === 'http:') return undefined;
  return tls.createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) });
}

function socketTo(connection: Connection, upstream: Upstream, way: Way, below: Socket | undefined): Socket {
  const { protocol, hostname: host, port } = upstream;
  const { servername, trust, lookup, session, onSession } = way;
  const options = { host, port, noDelay: true, lookup };
  if (protocol === 'http:') return net.connect({ ...options, onread: connection.onread });
  const secured = tls.connect({
    ...(below ? { host, socket: below } : { ...options, onread: connection.onread }),
    // Ignores NODE_TLS_REJECT_UNAUTHORIZED.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    servername,
    ...(trust && { secureContext: trust }),
    ...(session === undefined ? {} : { session }),
  });
  below?.connect(options);
  return secured.on('session', onSession);
}
