import type { Registry } from 'prom-client';
import { addCollected } from './collected.ts';

const LIMITS = ['connections', 'requestsPerConnection', 'requestsPerClient', 'copies', 'refusals'] as const;
const PHASES = ['handshake', 'head', 'body', 'document', 'answer', 'keepAlive', 'refusal', 'rest'] as const;

const TLS_FAILURES = [
  'untrusted',
  'expired',
  'old-version',
  'plain-http',
  'no-shared-cipher',
  'client-certificate',
  'timeout',
  'left',
  'reset',
  'other',
] as const;

type TlsFailure = (typeof TLS_FAILURES)[number];
/** As the PROXY protocol's part of the listener has them. */
const FRONT_FAULTS = ['untrusted', 'malformed', 'cut'] as const;

type LimitName = (typeof LIMITS)[number];
type Phase = (typeof PHASES)[number];

/** What clients have under way, and how often it was too much or too slow. */
export interface Burden {
  readonly limits: Readonly<Record<LimitName, number>>;
  used(limit: LimitName): number;
  hits(limit: LimitName): number;
  timeoutsOf(phase: Phase): number;
  /** Requests without the end of their answer. */
  readonly underWay: number;
  readonly tls: { count(reason: TlsFailure): number };
  readonly fronts: { count(fault: (typeof FRONT_FAULTS)[number]): number };
}

/** How near the limits of the clients are, how often they were reached, and which phases were late. */
export function addLimitMetrics(registry: Registry, burden: Burden | undefined): void {
  const each = <T extends string>(names: readonly T[], value: (burden: Burden, name: T) => number) => {
    return (): [T, number][] => (burden ? names.map((name) => [name, value(burden, name)]) : []);
  };
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_requests_in_flight',
    help: 'Requests whose answer has not ended.',
    values: () => [['', burden?.underWay ?? 0]],
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_client_limit',
    help: 'The limits of the config in use, by name; of connections no more than there are file descriptors for, of refusals no more than an eighth of the connections, or 8.',
    label: 'limit',
    values: each(LIMITS, ({ limits }, limit) => limits[limit]),
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_client_limit_used',
    help: 'What clients have under way; per client that of the busiest one, per connection the most since the last scrape.',
    label: 'limit',
    values: each(LIMITS, (all, limit) => all.used(limit)),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_client_limit_hits_total',
    help: 'What was refused because a limit was reached, by limit.',
    label: 'limit',
    values: each(LIMITS, (all, limit) => all.hits(limit)),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_client_timeouts_total',
    help: 'Waits for clients that took too long, by phase as in the option timeouts; keepAlive: what came began no request; rest: of a body after its answer.',
    label: 'phase',
    values: each(PHASES, (all, phase) => all.timeoutsOf(phase)),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_tls_failures_total',
    help: 'TLS handshakes of clients that failed, by reason: untrusted (the client does not trust the certificate), expired, old-version, plain-http, no-shared-cipher, client-certificate, timeout, left (the client was shown the certificate and left without a word), reset (the client ended it before that), other.',
    label: 'reason',
    values: each(TLS_FAILURES, ({ tls }, reason) => tls.count(reason)),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_proxy_protocol_faults_total',
    help: 'Connections that were closed at a listener with the PROXY protocol: from an address that is not trusted, without a valid header, or cut in it.',
    label: 'reason',
    values: each(FRONT_FAULTS, (all, fault) => all.fronts.count(fault)),
  });
}
