import { Counter, Gauge, type Registry } from 'prom-client';
import type { UpstreamEnd } from '../upstream-end.ts';
import { HistogramTally } from './tally.ts';

/** The connections to one upstream at this moment. */
export interface UpstreamFigures {
  /** Its path in the config. */
  readonly upstream: string;
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly most: number;
  readonly mostWaiting: number;
  readonly failures: number;
  readonly mostFailures: number;
  readonly outage: boolean;
  /** Pairs of credentials that the store refuses, so that it is not asked by them. */
  readonly refusedPairs: number;
  /** When the certificate that the store showed last ends, in seconds of Unix time. */
  readonly certificateEnds?: number | undefined;
}

/** What happens at upstreams. */
export interface UpstreamEvents {
  /** A request was not sent: the queue was full, it waited too long, or the store can't be reached or refuses its signer. */
  refused(upstream: string, reason: 'queue' | 'wait' | 'outage' | 'credentials'): void;
  /** A request waits, since all connections are in use. */
  waited(upstream: string): void;
  /** A request failed since the store took longer than its time. */
  late(upstream: string, phase: 'connect' | 'headers' | 'idle' | 'document' | 'late'): void;
  /** One that waited goes on, or is refused. */
  waitedFor(upstream: string, seconds: number): void;
  /** A request was answered, or was not, and the store was waited for so long. */
  ended(upstream: string, outcome: UpstreamEnd, milliseconds: number): void;
  /** An answer broke off in its middle. */
  broke(upstream: string): void;
}

/** How near the limits of each upstream are, and how often they were hit. */
export function addUpstreamMetrics(
  registry: Registry,
  figures: () => readonly UpstreamFigures[],
): UpstreamEvents {
  for (const { name, help, aggregator = 'sum', measure } of GAUGES) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['upstream'],
      aggregator,
      registers: [],
      collect: () => {
        gauge.reset();
        for (const one of figures()) gauge.set({ upstream: one.upstream }, measure(one));
      },
    });
    registry.registerMetric(gauge);
  }
  const refused = new Counter({
    name: 'ssec_proxy_upstream_refused_total',
    help: 'Requests that were not sent to the store, by reason: queue (it was full), wait (it took too long), outage (the store cannot be reached), credentials (it refuses those that sign, and would block their access key).',
    labelNames: ['upstream', 'reason'],
    registers: [registry],
  });
  const waited = new Counter({
    name: 'ssec_proxy_upstream_waits_total',
    help: 'Requests that waited for a connection, since all of limits.connections were in use.',
    labelNames: ['upstream'],
    registers: [registry],
  });
  const late = new Counter({
    name: 'ssec_proxy_upstream_timeouts_total',
    help: 'Requests that failed since the store took too long, by phase as in the option timeouts of the upstream.',
    labelNames: ['upstream', 'phase'],
    registers: [registry],
  });
  const waitedFor = new Counter({
    name: 'ssec_proxy_upstream_wait_seconds_total',
    help: 'Time that requests waited for a connection, in all.',
    labelNames: ['upstream'],
    registers: [registry],
  });
  const broken = new Counter({
    name: 'ssec_proxy_upstream_answers_broken_total',
    help: 'Answers of the store that broke off in their middle: it ended the connection, sent nothing for timeouts.idle, or broke the framing. By their status they count in ssec_proxy_upstream_request_duration_seconds.',
    labelNames: ['upstream'],
    registers: [registry],
    // A rate does not see the first counts of what begins with them.
    collect: () => {
      for (const { upstream } of figures()) broken.inc({ upstream }, 0);
    },
  });
  const durations = new HistogramTally(
    {
      name: 'ssec_proxy_upstream_request_duration_seconds',
      help: 'Time that the store was waited for: while it took nothing of the body, and from its last byte to the head of the answer, or to the end without one. By how the request ended.',
      labelNames: ['upstream', 'outcome'],
      buckets: SECONDS,
    },
    registry,
  );
  return {
    refused: (upstream, reason) => refused.inc({ upstream, reason }),
    waited: (upstream) => waited.inc({ upstream }),
    late: (upstream, phase) => late.inc({ upstream, phase }),
    waitedFor: (upstream, seconds) => waitedFor.inc({ upstream }, seconds),
    ended: (upstream, outcome, milliseconds) => durations.observe(upstream, outcome, milliseconds / 1000),
    broke: (upstream) => broken.inc({ upstream }),
  };
}

/** From an answer out of memory up to a copy that takes half an hour. */
export const SECONDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
];

interface UpstreamGauge {
  readonly name: string;
  readonly help: string;
  /** What the same of several processes makes; by default the sum. */
  readonly aggregator?: 'max';
  readonly measure: (figures: UpstreamFigures) => number;
}

const GAUGES: readonly UpstreamGauge[] = [
  {
    name: 'ssec_proxy_upstream_connections',
    help: 'Open connections to the store, idle ones included.',
    measure: ({ open }) => open,
  },
  {
    name: 'ssec_proxy_upstream_connections_idle',
    help: 'Connections to the store that no request uses.',
    measure: ({ idle }) => idle,
  },
  {
    name: 'ssec_proxy_upstream_connections_limit',
    help: 'Most connections to the store at once (limits.connections of the upstream).',
    measure: ({ most }) => most,
  },
  {
    name: 'ssec_proxy_upstream_waiting',
    help: 'Requests that wait for a connection to the store.',
    measure: ({ waiting }) => waiting,
  },
  {
    name: 'ssec_proxy_upstream_waiting_limit',
    help: 'Most requests that may wait for a connection to the store (limits.queue of the upstream).',
    measure: ({ mostWaiting }) => mostWaiting,
  },
  {
    name: 'ssec_proxy_upstream_failures',
    help: 'Failures to connect to the store in a row.',
    aggregator: 'max',
    measure: ({ failures }) => failures,
  },
  {
    name: 'ssec_proxy_upstream_failures_limit',
    help: 'Failures to connect in a row from which on the store is left alone (outage.failures of the upstream).',
    aggregator: 'max',
    measure: ({ mostFailures }) => mostFailures,
  },
  {
    name: 'ssec_proxy_upstream_outage',
    help: 'Whether the store could not be connected to several times in a row and is left alone: 1 or 0.',
    aggregator: 'max',
    measure: ({ outage }) => (outage ? 1 : 0),
  },
  {
    name: 'ssec_proxy_upstream_refused_credentials',
    help: 'Access keys that the store refuses for their signature, and that it is not asked with for a while (OBS only, which blocks them).',
    aggregator: 'max',
    measure: ({ refusedPairs }) => refusedPairs,
  },
];
