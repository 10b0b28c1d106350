import t from 'tap';
import { makeMetrics } from '../../src/admin/metrics.ts';

const FINE = { mostWaiting: 256, failures: 0, mostFailures: 5, outage: false, refusedPairs: 0 };
const AWAY = { mostWaiting: 256, failures: 6, mostFailures: 5, outage: true, refusedPairs: 2 };

t.test('shows how near the limits of each upstream are, and what got no connection', async (t) => {
  const metrics = makeMetrics({
    distrusted: () => [],
    upstreams: () => [
      { upstream: 'upstream', open: 3, idle: 1, waiting: 0, most: 384, ...FINE },
      { upstream: 'upstreams.cold', open: 9, idle: 0, waiting: 7, most: 9, ...AWAY },
    ],
  });
  metrics.upstreams.refused('upstreams.cold', 'wait');
  metrics.upstreams.refused('upstreams.cold', 'wait');
  metrics.upstreams.refused('upstream', 'outage');
  metrics.upstreams.waited('upstream');
  metrics.upstreams.late('upstream', 'headers');
  const text = await metrics.text();
  for (const line of [
    'ssec_proxy_upstream_connections{upstream="upstream"} 3',
    'ssec_proxy_upstream_connections_idle{upstream="upstream"} 1',
    'ssec_proxy_upstream_connections_limit{upstream="upstreams.cold"} 9',
    'ssec_proxy_upstream_waiting{upstream="upstreams.cold"} 7',
    'ssec_proxy_upstream_waiting_limit{upstream="upstreams.cold"} 256',
    'ssec_proxy_upstream_failures{upstream="upstreams.cold"} 6',
    'ssec_proxy_upstream_failures_limit{upstream="upstream"} 5',
    'ssec_proxy_upstream_waits_total{upstream="upstream"} 1',
    'ssec_proxy_upstream_timeouts_total{upstream="upstream",phase="headers"} 1',
    'ssec_proxy_upstream_outage{upstream="upstream"} 0',
    'ssec_proxy_upstream_outage{upstream="upstreams.cold"} 1',
    'ssec_proxy_upstream_refused_credentials{upstream="upstreams.cold"} 2',
    'ssec_proxy_upstream_refused_total{upstream="upstreams.cold",reason="wait"} 2',
    'ssec_proxy_upstream_refused_total{upstream="upstream",reason="outage"} 1',
  ])
    t.ok(text.split('\n').includes(line), line);
});
