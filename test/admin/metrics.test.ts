import t from 'tap';
import { makeMetrics } from '../../src/admin/metrics.ts';

t.test('counts requests by operation and status, and SSE-C keys by outcome', async (t) => {
  const metrics = makeMetrics({ distrusted: () => 0 });
  metrics.request({ op: 'PutObject', status: 200, outcome: 'served', ms: 10 });
  metrics.request({ op: 'PutObject', status: 200, outcome: 'served', ms: 10 });
  metrics.request({ op: 'GetObject', status: 404, outcome: 'refused', ms: 3000 });
  metrics.keyUse('a', 'opened');
  metrics.keyUse('a', 'opened');
  metrics.keyUse('a', 'wrong-key');
  metrics.plainRead();
  const text = await metrics.text();
  t.match(text, 'ssec_proxy_requests_total{op="PutObject",status="200"} 2');
  t.match(text, 'ssec_proxy_requests_total{op="GetObject",status="404"} 1');
  t.match(text, 'ssec_proxy_key_use_total{key="a",outcome="opened"} 2');
  t.match(text, 'ssec_proxy_key_use_total{key="a",outcome="wrong-key"} 1');
  t.match(text, 'ssec_proxy_plain_reads_total 1');
  t.match(text, /ssec_proxy_request_seconds_bucket\{le="0.02"\} 2\n/);
  t.match(text, 'ssec_proxy_request_seconds_count 3');
});

t.test('shows writes without proof, and how many buckets are distrusted now', async (t) => {
  let distrusted = 0;
  const metrics = makeMetrics({ distrusted: () => distrusted });
  t.match(
    await metrics.text(),
    /ssec_proxy_unproven_writes_total 0\n[\s\S]*ssec_proxy_distrusted_buckets 0\n/,
  );
  metrics.unproven();
  metrics.distrustAlarm();
  distrusted = 2;
  const text = await metrics.text();
  t.match(text, /ssec_proxy_unproven_writes_total 1\n[\s\S]*ssec_proxy_distrusted_buckets 2\n/);
  t.match(text, /^ssec_proxy_distrust_alarms_total 1$/m);
});

t.test('two proxies in one process count separately', async (t) => {
  const [one, other] = [makeMetrics({ distrusted: () => 0 }), makeMetrics({ distrusted: () => 0 })];
  one.unproven();
  t.match(await other.text(), 'ssec_proxy_unproven_writes_total 0');
});

t.test('tells of log lines that were dropped, and of those that wait', async (t) => {
  let count = 0;
  const logHealth = {
    dropped: () => count,
    capacity: () => 1000,
    waiting: () => 7,
    trouble: () => undefined,
  };
  const metrics = makeMetrics({ distrusted: () => 0, logHealth });
  t.match(await metrics.text(), /^ssec_proxy_log_lines_dropped_total 0$/m);
  count = 3;
  const text = await metrics.text();
  t.match(text, /^ssec_proxy_log_lines_dropped_total 3$/m, 'not added up by each look');
  t.match(text, /^ssec_proxy_log_waiting_bytes 7$/m);
  t.match(text, /^ssec_proxy_log_waiting_bytes_limit 1000$/m);
});
