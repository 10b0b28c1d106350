import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** The answers to the probes: one line each, no secrets. */
export interface Health {
  /** Why no requests should be sent here at the moment; undefined when they should. */
  notReady(): Told | Promise<Told>;
  /** What is wrong although requests are served; undefined when nothing is. */
  degraded(): Told | Promise<Told>;
  /** Prometheus' text format. */
  metrics(): Promise<string>;
}

type Told = string | undefined;

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

/** A connection ends with its answer: what came behind it and begins no request would keep it. */
const HEADERS = { 'content-type': 'text/plain; charset=utf-8', connection: 'close' };

/** The admin address, over plain HTTP: `/healthz` for liveness, `/readyz` for readiness, `/metrics` for Prometheus. */
export async function startAdmin(
  { host, port }: { host: string; port: number },
  health: Health,
  bounds: AdminBounds = ADMIN_BOUNDS,
): Promise<Admin> {
  const server = http.createServer({ connectionsCheckingInterval: CHECK_MS }, (request, response) => {
    void answer(request.url ?? '', health).then(({ status, text }) => {
      response.writeHead(status, HEADERS).end(`${text}\n`);
    });
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

async function answer(url: string, health: Health): Promise<{ status: number; text: string }> {
  if (url === '/healthz') return { status: 200, text: 'ok' };
  if (url === '/metrics') return { status: 200, text: await health.metrics() };
  if (url !== '/readyz') return { status: 404, text: 'try /healthz, /readyz or /metrics' };
  const reason = await health.notReady();
  if (reason !== undefined) return { status: 503, text: reason };
  const trouble = await health.degraded();
  return { status: 200, text: trouble === undefined ? 'ready' : `ready; degraded: ${trouble}` };
}
