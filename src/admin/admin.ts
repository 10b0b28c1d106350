import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type AdminSettings, refusalOf } from './access.ts';
import { AdminAddressError } from './address-error.ts';
import { type AdminRecord, NO_RECORD } from './record.ts';
import { line, type Reply, type Route, routeOf } from './routes.ts';

export interface Admin {
  readonly port: number;
  /** For metrics. */
  readonly figures: AdminFigures;
  /** Other bounds, and another token and certificate, from now on. What waits for a restart keeps all of these. */
  use(bounds?: AdminBounds, settings?: AdminSettings): void;
  close(): Promise<void>;
}

/**
 * How near the limit of its connections is, how many were closed above it, how many requests had no right to an answer, and how
 * many TLS handshakes failed.
 */
export interface AdminFigures {
  readonly open: number;
  readonly most: number;
  readonly closed: number;
  readonly unauthorized: number;
  readonly tlsFailures: number;
}

/** Bounds of the admin address. Times in milliseconds. */
export interface AdminBounds {
  /** Probes and Prometheus are few. Further connections are closed at once. */
  readonly connections: number;
  /** For a request, and for the next byte of its answer to be taken. */
  readonly patience: number;
}

const ADMIN_BOUNDS: AdminBounds = { connections: 32, patience: 10_000 };

/** How often Node looks for requests that are late, in milliseconds. */
const CHECK_MS = 250;

/**
 * The admin address: it answers what its table of routes has.
 * @param address what the host's name was resolved to
 * @throws AdminAddressError
 */
export async function startAdmin(
  first: AdminSettings,
  routes: readonly Route[],
  bounds: AdminBounds = ADMIN_BOUNDS,
  address = first.host,
  record: AdminRecord = NO_RECORD,
): Promise<Admin> {
  const { host, port } = first;
  // What lives on may have no part of the first ones, which have a private key and a token.
  let settings = first;
  let [closed, unauthorized, tlsFailures] = [0, 0, 0];
  const open = new Set<Socket>();
  const server = serverFor(first, bounds, (request, response) => {
    void replyTo(routes, request, response, { settings, record }).then((reply) => {
      if (reply.status === 401) unauthorized += 1;
      send(response, reply);
    });
  });
  const use = ({ connections, patience }: AdminBounds = ADMIN_BOUNDS, next?: AdminSettings): void => {
    server.maxConnections = connections;
    server.headersTimeout = patience;
    server.requestTimeout = patience;
    // Of silence: a client that takes nothing of its answer has no other end.
    server.setTimeout(patience);
    if (!next || isOther(settings, next)) return;
    const { tls } = next;
    const renewed = JSON.stringify(tls) !== JSON.stringify(settings.tls);
    if (tls && renewed && server instanceof https.Server) server.setSecureContext(secured(tls));
    settings = next;
  };
  use(bounds);
  // Node would answer, and keep the connection.
  server.on('checkExpectation', (_request, response) => send(response, line(417, 'no Expect is known here')));
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException & { reason?: string }, socket) => {
    // Who only looks whether somebody listens ends the connection like this.
    if (error.code === 'ECONNRESET') return;
    tlsFailures += 1;
    record.tlsFailed(socket.remoteAddress, error.reason ?? error.code ?? 'unknown');
  });
  server.on('drop', () => {
    closed += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, address, resolve);
  }).catch((error: unknown) => {
    throw new AdminAddressError({ host, port }, error as NodeJS.ErrnoException);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get figures() {
      return { open: open.size, most: server.maxConnections, closed, unauthorized, tlsFailures };
    },
    use,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Node's own way does not know those in the handshake, and a drain that is over would wait for them.
        for (const socket of open) socket.destroy();
      }),
  };
}

type Pair = NonNullable<AdminSettings['tls']>;

function serverFor(
  { tls }: AdminSettings,
  { patience }: AdminBounds,
  serve: http.RequestListener,
): http.Server {
  const options = { connectionsCheckingInterval: CHECK_MS };
  if (!tls) return http.createServer(options, serve);
  // A probe shows no certificate, so who shows none is let in as far as the routes.
  // Of the handshake; it stays as it was at the start.
  const handshakeTimeout = patience;
  const asking = { requestCert: tls.clientCa !== undefined, rejectUnauthorized: false };
  return https.createServer(
    { ...options, ...secured(tls), ...asking, handshakeTimeout, ALPNProtocols: ['http/1.1'] },
    serve,
  );
}

function secured({ cert, key, clientCa }: Pair): https.ServerOptions {
  return { cert, key, minVersion: 'TLSv1.2', ...(clientCa === undefined ? {} : { ca: clientCa }) };
}

/** What an open server can't follow. */
function isOther(open: AdminSettings, next: AdminSettings): boolean {
  const { tls } = open;
  const moved = open.host !== next.host || open.port !== next.port;
  return moved || !tls !== !next.tls || !tls?.clientCa !== !next.tls?.clientCa;
}

async function replyTo(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  { settings, record }: { readonly settings: AdminSettings; readonly record: AdminRecord },
): Promise<Reply> {
  const { method = '', url = '' } = request;
  const routed = routeOf(routes, method, url);
  if ('refused' in routed) return routed.refused;
  const { route, query } = routed;
  const refusal = refusalOf(request, route, query, settings);
  const told = { remote: request.socket.remoteAddress, method, path: route.path };
  if (refusal) {
    record.asked({ ...told, status: refusal.status, cause: causeOf(request, refusal) });
    return refusal;
  }
  const left = new AbortController();
  response.once('close', () => left.abort());
  if (route.takes) request.socket.setTimeout((request.socket.timeout ?? 0) + route.takes(query));
  try {
    const reply = await route.answer({ query, signal: left.signal });
    if (route.recorded) record.asked({ ...told, status: reply.status });
    return reply;
  } catch {
    return line(500, 'this answer could not be made');
  }
}

/** In the words of the answer, and whether a token came at all. */
function causeOf({ headers }: IncomingMessage, { status, body }: Reply): string {
  if (status !== 401) return String(body).trimEnd();
  return headers.authorization === undefined ? 'no token came' : 'another token came';
}

/** A connection ends with its answer: what came behind it and begins no request would keep it. */
const HEADERS = { connection: 'close', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...HEADERS, ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
