import { constants } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { judgeIdle, refuseMalformed, watchConnections } from './between-requests.ts';
import type { ClientTimeouts } from './bounds.ts';
import { judgeClientError } from './client-error.ts';
import type { Connection, Draining } from './connection.ts';
import { ClientConnections } from './connections.ts';
import { drainServer } from './drain.ts';
import { fromFirstBytes, parseFromFirstBytes } from './first-bytes.ts';
import { type Front, takeProxyHeader } from './front.ts';
import type { Handler } from './handler.ts';
import { Handshakes } from './handshakes.ts';
import { Load } from './load.ts';
import { openSocket } from './open-socket.ts';
import { Phases } from './phases.ts';
import { refuseAtOnce } from './refusal.ts';
import { hasLostPeer, remoteOf } from './remote.ts';
import { ClientRequest, taking } from './requests.ts';
import { byServerName, type Choose } from './server-names.ts';
import type { ListenerSettings, ListenerTls } from './settings.ts';

/** S3 accepts 8 KB of headers, plus a target of up to 8 KB. */
const MAX_HEADER_BYTES = 32 * 1024;
/** How often Node looks for heads that are late, in milliseconds. */
const CHECK_HEADS_MS = 250;

export interface Listener {
  /** `https://127.0.0.1:8443`, with the actual port. */
  readonly url: string;
  readonly port: number;
  /**
   * Serves new connections with other certificates and authorities; open ones continue. Only for a listener with TLS, and not
   * to ask clients for a certificate from now on, or no longer.
   * @throws OpenSSL's error; the previous certificate then stays in use
   */
  renew(tls: ListenerTls): void;
  /**
   * Seals the session tickets of new connections with these 48 bytes, and takes back no others. Without it, the keys are
   * made by OpenSSL and stay until the certificate is renewed.
   */
  setTicketKeys(keys: Buffer): void;
  /** Takes other times for the phases that begin from now on. */
  setTimes(timeouts: ClientTimeouts): void;
  /** Takes new connections as from behind another front. */
  setFront(front: Front | undefined): void;
  /** Takes a connection that another process has accepted. */
  accept(socket: Socket): void;
  /**
   * Stops accepting connections and resolves when the last request is answered, or at the deadline. For `idleMs` (0 by default)
   * idle connections wait for a request, their last.
   */
  drain(deadlineMs: number, idleMs?: number): Promise<void>;
}

interface Place {
  /** What the host's name was resolved to. */
  readonly address?: string;
  /** Another process listens there, and hands over what it accepts. */
  readonly handedOver?: boolean;
}

/**
 * Opens one listening socket. Requests with `Expect: 100-continue` go to the same handler, which asks for the body.
 * @param connections those of all listeners
 */
export async function listen(
  settings: ListenerSettings,
  handler: Handler,
  connections: ClientConnections = new ClientConnections(new Load()),
  { address, handedOver = false }: Place = {},
): Promise<Listener> {
  const { tls } = settings;
  // What lives on may not have the first private key, but know that there is one.
  const secure = tls !== undefined;
  const { load } = connections;
  let choose: Choose | undefined = tls && byServerName(tls, secured(tls));
  const server = serverOf(tls, (name) => choose?.(name));
  // By default Node drops fields above a certain number; their bytes are limited above.
  server.maxHeadersCount = 0;
  const setTimes = ({ head, keepAlive }: ClientTimeouts): void => {
    server.headersTimeout = head;
    server.keepAliveTimeout = keepAlive;
  };
  setTimes(load.timeouts);
  const open = new Set<Connection>();
  let draining: Draining = 'no';
  const phases = new Phases(load);
  parseFromFirstBytes(server, secure);
  const begin = takenOver(server);
  let { front } = settings;
  const stopWatching = watchConnections(connections);
  const handshakes = server instanceof https.Server ? new Handshakes(server, connections) : undefined;
  server.on('connection', (raw: Socket) => {
    if (hasLostPeer(raw)) {
      raw.destroy();
      return;
    }
    const introduced = front?.proxyProtocol ? front : undefined;
    if (!introduced) {
      if (secure && load.areManySlow()) fromFirstBytes(raw, begin);
      else begin(raw);
    }
    const connection = connections.arrive(raw, secure);
    if (connection) {
      open.add(connection);
      raw.on('close', () => {
        open.delete(connection);
        handshakes?.ended(connection, front?.trusted);
      });
      handshakes?.begin(connection);
      // Accepted in the turn in which the drain began.
      if (draining !== 'no') connections.drain(connection, draining);
      if (introduced) {
        takeProxyHeader(raw, introduced, {
          taken: () => begin(raw),
          refused: (fault) => {
            handshakes?.abandon(connection);
            load.fronts.add(fault, remoteOf(raw).address);
          },
        });
      }
    } else if (secure || introduced) raw.destroy();
    else refuseAtOnce(raw);
  });
  const guarded = taking(handler, connections, phases);
  server.on('request', guarded).on('checkExpectation', guarded);
  server.on('checkContinue', (request, response) => {
    // For requests without a body: Node ends the connection of a request that never gets its 100.
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (length === undefined && coding === undefined) response.writeContinue();
    guarded(request, response);
  });
  server.on('connect', (_request, socket) =>
    refuseMalformed(socket as Socket, load, 'CONNECT asks for a tunnel, which is not served here'),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    judgeClientError(error, socket as Socket, connections),
  );
  server.on('timeout', (socket: Socket) => {
    const connection = connections.of(socket);
    if (connection) judgeIdle(connection);
    else socket.destroy();
  });
  if (handedOver) countHeads(server);
  const leave = handedOver ? undefined : await openSocket(server, settings, address);
  // Of `accept`, which fails when the process has no descriptor left.
  server.on('error', () => load.hit('connections'));
  const bound = (server.address() as AddressInfo | null)?.port ?? settings.port;
  let tickets: Buffer | undefined;
  const useTickets = (): void => {
    if (tickets && server instanceof https.Server) server.setTicketKeys(tickets);
  };
  return {
    url: urlOf({ ...settings, port: bound }),
    port: bound,
    renew: (next) => {
      if (!(server instanceof https.Server)) return;
      const chosen = byServerName(next, secured(next));
      server.setSecureContext(secured(next));
      choose = chosen;
      // Another context comes with keys of its own.
      useTickets();
    },
    setTicketKeys: (keys) => {
      tickets = keys;
      useTickets();
    },
    setTimes,
    setFront: (next) => {
      front = next;
    },
    accept: (socket) => {
      if (socket.destroyed) return;
      // As a server of this kind makes those that it accepts itself.
      socket.allowHalfOpen = !secure;
      socket.setNoDelay(true);
      server.emit('connection', socket);
    },
    drain: async (deadlineMs, idleMs = 0) => {
      draining = idleMs > 0 ? 'last request' : 'ends';
      leave?.();
      const ending = setTimeout(() => {
        draining = 'ends';
        for (const connection of open) connections.drain(connection, 'ends');
      }, idleMs);
      await drainServer(server, { open, connections }, { deadlineMs, draining });
      clearTimeout(ending);
      phases.stop();
      stopWatching();
    },
  };
}

/** @param port the actual one */
export function urlOf({
  host,
  port,
  socket,
  tls,
}: Pick<ListenerSettings, 'host' | 'port' | 'socket' | 'tls'>): string {
  if (socket) return socket.kind === 'unix' ? `unix:${socket.path}` : `systemd:${socket.name}`;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${name}:${port}`;
}

const OPTIONS = {
  IncomingMessage: ClientRequest,
  maxHeaderSize: MAX_HEADER_BYTES,
  // Bodies are the business of `Phases`.
  requestTimeout: 0,
  connectionsCheckingInterval: CHECK_HEADS_MS,
  noDelay: true,
  // A request without a body is at its end when it comes: nobody reads it, and its stream has nothing to do.
  optimizeEmptyRequests: true,
  // A request without a Host is refused like any other, with an error document, as are the requests pipelined after it.
  requireHostHeader: false,
};

function serverOf(tls: ListenerTls | undefined, choose: Choose): http.Server {
  if (!tls) return http.createServer(OPTIONS);
  return https.createServer({
    ...OPTIONS,
    ...secured(tls),
    requestCert: tls.clientCa !== undefined,
    rejectUnauthorized: true,
    SNICallback: (name, done) => done(null, choose(name)),
    ALPNProtocols: ['http/1.1'],
  });
}

/** Node's own beginning of a connection, which comes after what the listener has to know of it. */
function takenOver(server: http.Server): (raw: Socket) => void {
  const own = server.listeners('connection');
  server.removeAllListeners('connection');
  return (raw) => {
    for (const listener of own) Reflect.apply(listener, server, [raw]);
  };
}

/** Node looks for heads that are late from the event on that a server listens, which this one never does. */
function countHeads(server: http.Server): void {
  server.emit('listening');
}

/** A session that is resumed brings no certificate, and an authority may have been removed since: then there are no tickets. */
function secured({ cert, key, clientCa }: ListenerTls): SecureContextOptions {
  const options = { cert, key, minVersion: 'TLSv1.2' } as const;
  return clientCa === undefined
    ? options
    : { ...options, ca: clientCa, secureOptions: constants.SSL_OP_NO_TICKET };
}
