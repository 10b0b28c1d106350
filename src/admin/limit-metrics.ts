import { Counter, Gauge, type Registry } from 'prom-client';

const LIMITS = ['connections', 'requestsPerConnection', 'requestsPerClient', 'copies'] as const;
const PHASES = ['handshake', 'head', 'body', 'document', 'answer', 'rest'] as const;

type LimitName = (typeof LIMITS)[number];
type Phase = (typeof PHASES)[number];

/** What clients have under way, and how often it was too much or too slow. */
export interface Burden {
  readonly limits: Readonly<Record<LimitName, number>>;
  used(limit: LimitName): number;
  hits(limit: LimitName): number;
  timeoutsOf(phase: Phase): number;
}

/** How near the limits of the clients are, how often they were reached, and which phases were late. */
export function addLimitMetrics(registry: Registry, burden: Burden | undefined): void {
  const gauge = (name: string, help: string, value: (burden: Burden, limit: LimitName) => number): void => {
    const metric: Gauge<'limit'> = new Gauge({
      name,
      help,
      labelNames: ['limit'],
      registers: [registry],
      collect: () => {
        if (burden) for (const limit of LIMITS) metric.set({ limit }, value(burden, limit));
      },
    });
  };
  gauge(
    'ssec_proxy_client_limit',
    'The limits of the config in use, by name; of connections no more than there are file descriptors for.',
    ({ limits }, limit) => limits[limit],
  );
  gauge(
    'ssec_proxy_client_limit_used',
    'What clients have under way; per client that of the busiest one, per connection the most since the last scrape.',
    (all, limit) => all.used(limit),
  );
  counter(registry, burden, {
    name: 'ssec_proxy_client_limit_hits_total',
    help: 'What was refused because a limit was reached, by limit.',
    label: 'limit',
    values: LIMITS,
    count: (all, limit) => all.hits(limit),
  });
  counter(registry, burden, {
    name: 'ssec_proxy_client_timeouts_total',
    help: 'Waits for clients that took too long, by phase as in the option timeouts; rest: of a body after its answer.',
    label: 'phase',
    values: PHASES,
    count: (all, phase) => all.timeoutsOf(phase),
  });
}

interface Counted<T extends string> {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly values: readonly T[];
  readonly count: (burden: Burden, value: T) => number;
}

function counter<T extends string>(
  registry: Registry,
  burden: Burden | undefined,
  { name, help, label, values, count }: Counted<T>,
): void {
  const metric: Counter = new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect: () => {
      metric.reset();
      if (burden) for (const value of values) metric.inc({ [label]: value }, count(burden, value));
    },
  });
}
