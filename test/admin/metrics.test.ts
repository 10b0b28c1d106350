import t from 'tap';
import { makeMetrics } from '../../src/admin/metrics.ts';

t.test('counts requests by operation and status, and SSE-C keys by outcome', async (t) => {
  const metrics = makeMetrics({ distrusted: () => [] });
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
  t.match(text, 'ssec_proxy_request_duration_seconds_bucket{le="0.01",class="write",outcome="served"} 2');
  t.match(text, 'ssec_proxy_request_duration_seconds_count{class="read",outcome="refused"} 1');
  t.notMatch(text, 'class="read",outcome="served"');
});

t.test('a client that left does not count as a success, whatever status was sent', async (t) => {
  const metrics = makeMetrics({ distrusted: () => [] });
  metrics.request({ op: 'PutObject', status: 200, outcome: 'left', ms: 10 });
  metrics.request({ op: 'GetObject', status: 200, outcome: 'cut', ms: 10, firstByteMs: 2, bytesOut: 7 });
  const text = await metrics.text();
  for (const line of [
    'ssec_proxy_requests_total{op="PutObject",status="499"} 1',
    'ssec_proxy_requests_total{op="GetObject",status="599"} 1',
    'ssec_proxy_request_duration_seconds_count{class="write",outcome="left"} 1',
    'ssec_proxy_request_time_to_first_byte_seconds_sum{class="read",outcome="cut"} 0.002',
    'ssec_proxy_body_bytes_total{class="read",direction="sent"} 7',
  ])
    t.ok(text.split('\n').includes(line), line);
  t.notMatch(text, /time_to_first_byte_seconds_count\{class="write"/, 'there was no first byte');
  t.notMatch(text, 'status="200"');
});

t.test('names the client whose login failed where the config has it, and nobody else', async (t) => {
  const metrics = makeMetrics({
    distrusted: () => [],
    named: { client: (id) => id === 'app', clients: () => ['app'], bucket: () => false },
  });
  const counted = async () =>
    (await metrics.text()).split('\n').filter((line) => line.includes('login_failures_total{'));
  t.match(await counted(), [/ 0$/, / 0$/, / 0$/, / 0$/, / 0$/, / 0$/, / 0$/], 'a rate sees the first one');
  const refused = { op: 'GetObject', status: 403, outcome: 'refused' } as const;
  const claims = [
    { claimed: 'app', code: 'SignatureDoesNotMatch' },
    { claimed: 'made-up', code: 'InvalidAccessKeyId' },
    { claimed: undefined, code: 'AccessDenied' },
    { client: 'app', code: 'AccessDenied' },
    { claimed: 'app', code: 'NoSuchKey' },
  ];
  for (const claim of claims) metrics.request({ ...refused, ...claim });
  const lines = await counted();
  t.equal(lines.length, 7, 'nobody makes another one');
  const some = lines.filter((line) => !line.endsWith(' 0'));
  t.strictSame(some.toSorted(), [
    'ssec_proxy_login_failures_total{client="app",reason="signature"} 1',
    'ssec_proxy_login_failures_total{client="other",reason="denied"} 1',
    'ssec_proxy_login_failures_total{client="other",reason="unknown-client"} 1',
  ]);
});

t.test('tells what a store has against the proxy', async (t) => {
  const metrics = makeMetrics({
    distrusted: () => [],
    named: { client: () => false, stores: () => ['upstream', 'upstreams.cold'], bucket: () => false },
  });
  t.match(
    await metrics.text(),
    'ssec_proxy_upstream_refusals_total{upstream="upstreams.cold",reason="credentials"} 0',
    'a rate sees the first one',
  );
  metrics.request({
    op: 'PutObject',
    status: 503,
    outcome: 'failed',
    upstream: 'upstreams.cold',
    storeRefusal: 'credentials',
  });
  t.match(
    await metrics.text(),
    'ssec_proxy_upstream_refusals_total{upstream="upstreams.cold",reason="credentials"} 1',
  );
  const denied = { op: 'HeadObject', status: 403, outcome: 'refused', upstream: 'upstreams.cold' } as const;
  metrics.request({ ...denied, method: 'HEAD', upstreamStatus: 403 });
  metrics.request({ ...denied, method: 'GET', upstreamStatus: 403, code: 'AccessDenied' });
  metrics.request({ ...denied, method: 'HEAD', code: 'SignatureDoesNotMatch' });
  t.match(
    await metrics.text(),
    'ssec_proxy_upstream_refusals_total{upstream="upstreams.cold",reason="unnamed"} 1',
    'an answer to HEAD does not say who is refused',
  );
});

t.test('shows writes without proof, and how many buckets are distrusted now', async (t) => {
  let distrusted: readonly string[] = [];
  const metrics = makeMetrics({ distrusted: () => distrusted });
  t.match(
    await metrics.text(),
    /ssec_proxy_unproven_writes_total 0\n[\s\S]*ssec_proxy_distrusted_buckets 0\n/,
  );
  metrics.unproven();
  metrics.distrustAlarm();
  distrusted = ['b', 'a'];
  const text = await metrics.text();
  t.match(text, /ssec_proxy_unproven_writes_total 1\n[\s\S]*ssec_proxy_distrusted_buckets 2\n/);
  t.match(text, /^ssec_proxy_distrust_alarms_total 1$/m);
  t.match(text, 'ssec_proxy_distrusted_bucket{bucket="a"} 1\nssec_proxy_distrusted_bucket{bucket="b"} 1\n');
  distrusted = Array.from({ length: 60 }, (_, index) => `bucket-${100 + index}`);
  const many = await metrics.text();
  t.equal(many.match(/^ssec_proxy_distrusted_bucket\{bucket="bucket-/gm)?.length, 50);
  t.match(many, 'ssec_proxy_distrusted_bucket{bucket="other"} 10');
});

t.test('two proxies in one process count separately', async (t) => {
  const [one, other] = [makeMetrics({ distrusted: () => [] }), makeMetrics({ distrusted: () => [] })];
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
    wrong: () => undefined,
  };
  const metrics = makeMetrics({ distrusted: () => [], logHealth });
  t.match(await metrics.text(), /^ssec_proxy_log_lines_dropped_total 0$/m);
  count = 3;
  const text = await metrics.text();
  t.match(text, /^ssec_proxy_log_lines_dropped_total 3$/m, 'not added up by each look');
  t.match(text, /^ssec_proxy_log_waiting_bytes 7$/m);
  t.match(text, /^ssec_proxy_log_waiting_bytes_limit 1000$/m);
});

t.test('counts why stores were asked again', async (t) => {
  const metrics = makeMetrics({ distrusted: () => [] });
  metrics.request({
    op: 'GetObject',
    status: 200,
    outcome: 'served',
    upstream: 'upstream',
    retried: 'reset key key',
  });
  const text = await metrics.text();
  t.match(text, 'ssec_proxy_upstream_retries_total{upstream="upstream",reason="key"} 2');
  t.match(text, 'ssec_proxy_upstream_retries_total{upstream="upstream",reason="reset"} 1');
});
