import t from 'tap';
import { makeMetrics } from '../../src/admin/metrics.ts';
import type { NamesSeen } from '../../src/admin/name-metrics.ts';

const SEEN: NamesSeen = {
  limits: {
    lookups: { most: 32, used: 9 },
    lookupsPerDomain: { most: 8, used: 8 },
    remembered: { most: 1000, used: 12 },
  },
  hits: { lookups: 0, lookupsPerDomain: 4, remembered: 1, timeout: 2 },
  ended: { found: 40, unknown: 3, failed: 2 },
  stale: 17,
};

t.test(
  'shows how near look-ups are to their limits, how often they hit them, and how they end',
  async (t) => {
    const metrics = makeMetrics({ distrusted: () => [], names: () => SEEN });
    for (const _ of [1, 2]) {
      const lines = (await metrics.text()).split('\n');
      for (const line of [
        'ssec_proxy_name_limit{limit="lookups"} 32',
        'ssec_proxy_name_limit_used{limit="lookups"} 9',
        'ssec_proxy_name_limit_used{limit="lookupsPerDomain"} 8',
        'ssec_proxy_name_limit_used{limit="remembered"} 12',
        'ssec_proxy_name_limit_hits_total{limit="lookupsPerDomain"} 4',
        'ssec_proxy_name_limit_hits_total{limit="timeout"} 2',
        'ssec_proxy_name_lookups_total{outcome="found"} 40',
        'ssec_proxy_name_lookups_total{outcome="failed"} 2',
        'ssec_proxy_name_stale_answers_total 17',
      ])
        t.ok(lines.includes(line), line);
    }
  },
);
