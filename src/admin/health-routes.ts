import { line, type Reply, type Route } from './routes.ts';

/** The answers to the probes: short texts, no secrets. */
export interface Health {
  /** What is wrong at the moment, if anything is. */
  troubles(): Troubles | Promise<Troubles>;
  /** How each part stands, one line each. */
  parts(): Promise<readonly string[]>;
  /** Prometheus' text format. */
  metrics(): Promise<string>;
}

/** What is wrong, in short. */
export interface Troubles {
  /** Why no requests should be sent here. */
  readonly notReady?: string | undefined;
  /** What is wrong although requests are served. */
  readonly degraded?: string | undefined;
}

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
  const { notReady, degraded } = await health.troubles();
  const said = notReady ?? (degraded === undefined ? 'ready' : `ready; degraded: ${degraded}`);
  const lines = [said, ...(verbose ? await health.parts() : [])];
  return line(notReady === undefined ? 200 : 503, lines.map(oneLine).join('\n'));
}

/** A cause may have several lines, as the output of a command has. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
