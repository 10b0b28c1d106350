import { line, type Reply, type Route } from './routes.ts';

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

/** `/healthz` for liveness, `/readyz` for readiness, `/metrics` for Prometheus. */
export function healthRoutes(health: Health): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', probe: true, answer: () => line(200, 'ok') },
    { method: 'GET', path: '/readyz', probe: true, answer: () => readiness(health) },
    { method: 'GET', path: '/metrics', answer: async () => line(200, await health.metrics()) },
  ];
}

async function readiness(health: Health): Promise<Reply> {
  const reason = await health.notReady();
  if (reason !== undefined) return line(503, reason);
  const trouble = await health.degraded();
  return line(200, trouble === undefined ? 'ready' : `ready; degraded: ${trouble}`);
}
