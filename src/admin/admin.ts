import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { line, type Reply, type Route, routeOf } from './routes.ts';

export interface Admin {
  readonly port: number;
  /** For metrics. */
  readonly figures: AdminFigures;
  /** Other bounds, from now on. */
  use(bounds?: AdminBounds): void;
  close(): Promise<void>;
}

/** How near the limit of its connections is, and how many were closed above it. */
export interface AdminFigures {
  readonly open: number;
  readonly most: number;
  readonly closed: number;
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

/** The admin address: it answers what its table of routes has, over plain HTTP. */
export async function startAdmin(
  { host, port }: { host: string; port: number },
  routes: readonly Route[],
  bounds: AdminBounds = ADMIN_BOUNDS,
): Promise<Admin> {
  const server = http.createServer({ connectionsCheckingInterval: CHECK_MS }, (request, response) => {
    void answer(routes, request, response);
  });
  const use = ({ connections, patience }: AdminBounds = ADMIN_BOUNDS): void => {
    server.maxConnections = connections;
    server.headersTimeout = patience;
    server.requestTimeout = patience;
    // Of silence: a client that takes nothing of its answer has no other end.
    server.setTimeout(patience);
  };
  use(bounds);
  let [open, closed] = [0, 0];
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  });
  server.on('drop', () => {
    closed += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get figures() {
      return { open, most: server.maxConnections, closed };
    },
    use,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, headers, body } = await replyTo(routes, request, response);
  response.writeHead(status, { ...HEADERS, ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** A connection ends with its answer: what came behind it and begins no request would keep it. */
const HEADERS = { connection: 'close', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

async function replyTo(
  routes: readonly Route[],
  { method = '', url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<Reply> {
  const routed = routeOf(routes, method, url);
  if ('refused' in routed) return routed.refused;
  const left = new AbortController();
  response.once('close', () => left.abort());
  try {
    return await routed.route.answer({ query: routed.query, signal: left.signal });
  } catch {
    return line(500, 'this answer could not be made');
  }
}
