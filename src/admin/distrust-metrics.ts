import type { Registry } from 'prom-client';
import { addCollected } from './collected.ts';

/** So many buckets have a name of their own here. */
const MOST_NAMED = 50;

/** Which buckets refuse encrypted writes. A rule with a glob may match any number, so the rest is `other`. */
export function addDistrustMetrics(registry: Registry, refusing: () => readonly string[]): void {
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_distrusted_buckets',
    help: 'Buckets that refuse encrypted writes now: all until a probe passes, or those of an operation that failed.',
    // Of several processes, each knows of all.
    aggregator: 'max',
    values: () => [['', refusing().length]],
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_distrusted_bucket',
    help: `The same by name: 1 for each. Above ${MOST_NAMED} of them, how many more there are stands under "other".`,
    label: 'bucket',
    aggregator: 'max',
    values: () => {
      const all = refusing().toSorted();
      const named = all.slice(0, MOST_NAMED).map((bucket) => [bucket, 1] as const);
      const more = all.length - named.length;
      return more > 0 ? [...named, ['other', more]] : named;
    },
  });
}
