import { line, type Reply, type Route } from './routes.ts';

/** The answers to the probes: short texts, no secrets. */
export interface Health {
  /** Why no requests should be sent here at the moment; undefined when they should. */
  notReady(): Told | Promise<Told>;
  /** What is wrong although requests are served; undefined when nothing is. */
  degraded(): Told | Promise<Told>;
  /** How each part stands, one line each. */
  parts(): Promise<readonly string[]>;
  /** Prometheus' text format. */
  metrics(): Promise<string>;
}

type Told = string | undefined;

/** `/healthz` for liveness, `/readyz` for readiness, `/metrics` for Prometheus. */
export function healthRoutes(health: Health): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', probe: true, answer: () => line(200, 'ok') },
    {
      method: 'GET',
      path: '/readyz',
      query: ['verbose'],
      probe: true,
      answer: ({ query }) => readiness(health, query.has('verbose')),
    },
    { method: 'GET', path: '/metrics', answer: async () => line(200, await health.metrics()) },
  ];
}

async function readiness(health: Health, verbose: boolean): Promise<Reply> {
  const notReady = await health.notReady();
  const degraded = notReady === undefined ? await health.degraded() : undefined;
  const said = notReady ?? (degraded === undefined ? 'ready' : `ready; degraded: ${degraded}`);
  const lines = [said, ...(verbose ? await health.parts() : [])];
  return line(notReady === undefined ? 200 : 503, lines.map(oneLine).join('\n'));
}

/** A cause may have several lines, as the output of a command has. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
