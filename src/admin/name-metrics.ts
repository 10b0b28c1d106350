import type { Registry } from 'prom-client';
import { addCollected } from './collected.ts';

const LIMITS = ['lookups', 'lookupsPerDomain', 'remembered'] as const;
const HITS = [...LIMITS, 'timeout'] as const;
const ENDS = ['found', 'unknown', 'failed'] as const;

/** How names were looked up, and how near that is to its limits. */
export interface NamesSeen {
  readonly limits: Readonly<
    Record<(typeof LIMITS)[number], { readonly most: number; readonly used: number }>
  >;
  readonly hits: Readonly<Record<(typeof HITS)[number], number>>;
  readonly ended: Readonly<Record<(typeof ENDS)[number], number>>;
  readonly stale: number;
}

/** How near the limits of look-ups are, how often they were reached, and what came of look-ups. */
export function addNameMetrics(registry: Registry, seen: () => NamesSeen | undefined): void {
  const each = <T extends string>(names: readonly T[], value: (seen: NamesSeen, name: T) => number) => {
    return (): [T, number][] => {
      const now = seen();
      return now ? names.map((name) => [name, value(now, name)]) : [];
    };
  };
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_name_limit',
    help: 'The limits of the option names: look-ups at once, of one domain, and names that are remembered.',
    label: 'limit',
    values: each(LIMITS, ({ limits }, limit) => limits[limit].most),
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_name_limit_used',
    help: 'Look-ups that run, those of the domain with the most of them, and names that are remembered.',
    label: 'limit',
    values: each(LIMITS, ({ limits }, limit) => limits[limit].used),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_name_limit_hits_total',
    help: 'Look-ups that waited for others, names that were forgotten for others, and look-ups that took too long (timeout).',
    label: 'limit',
    values: each(HITS, ({ hits }, limit) => hits[limit]),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_name_lookups_total',
    help: 'Look-ups by how they ended: found, unknown (there is no such name), failed (no answer, or none in time).',
    label: 'outcome',
    values: each(ENDS, ({ ended }, outcome) => ended[outcome]),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_name_stale_answers_total',
    help: 'Connections to addresses that were kept past their time, since the look-up failed or took too long.',
    values: () => [['', seen()?.stale ?? 0]],
  });
}
