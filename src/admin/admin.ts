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
  close(): Promise<void>;
}

/** Bounds of the admin address. Times in milliseconds. */
interface AdminBounds {
  /** Probes and Prometheus are few. Further connections are closed at once. */
  readonly connections: number;
  /** For a request, and for the next byte of its answer to be taken. */
  readonly patience: number;
}

const BOUNDS: AdminBounds = { connections: 32, patience: 10_000 };

/** The admin address, over plain HTTP: `/healthz` for liveness, `/readyz` for readiness, `/metrics` for Prometheus. */
export async function startAdmin(
  { host, port }: { host: string; port: number },
  health: Health,
  { connections, patience }: AdminBounds = BOUNDS,
): Promise<Admin> {
  const times = {
    headersTimeout: patience,
    requestTimeout: patience,
    connectionsCheckingInterval: Math.min(1000, patience),
  };
  const server = http.createServer(times, (request, response) => {
    void answer(request.url ?? '', health).then(({ status, text }) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
    });
  });
  server.maxConnections = connections;
  // Of silence: a client that takes nothing of its answer has no other end.
  server.setTimeout(patience);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
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
