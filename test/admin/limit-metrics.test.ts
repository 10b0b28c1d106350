import t from 'tap';
import { makeMetrics } from '../../src/admin/metrics.ts';
import { Load } from '../../src/listener/load.ts';

t.test('shows how near the limits of clients are and how often they were reached', async (t) => {
  const load = new Load({ room: 100 });
  const metrics = makeMetrics({ distrusted: () => [], clients: load });
  load.connections = 7;
  load.deepest = 3;
  load.enter({}, 'one');
  load.enter({}, 'one');
  load.enter({}, 'other');
  load.hit('copies');
  load.late('head');
  load.late('head');
  for (const _ of [1, 2]) {
    const text = await metrics.text();
    t.match(text, 'ssec_proxy_client_limit{limit="connections"} 100\n');
    t.match(text, 'ssec_proxy_client_limit_used{limit="connections"} 7\n');
    t.match(text, 'ssec_proxy_client_limit_used{limit="requestsPerClient"} 2\n');
    t.match(text, 'ssec_proxy_client_limit_hits_total{limit="copies"} 1\n');
    t.match(text, 'ssec_proxy_client_limit_hits_total{limit="connections"} 0\n');
    t.match(text, 'ssec_proxy_client_timeouts_total{phase="head"} 2\n');
  }
  t.match(await metrics.text(), 'ssec_proxy_client_limit_used{limit="requestsPerConnection"} 0\n');
});
