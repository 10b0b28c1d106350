import t from 'tap';
import { GatheredMetrics } from '../../src/admin/gathered-metrics.ts';
import { type Metrics, makeMetrics } from '../../src/admin/metrics.ts';
import { makeMasterMetrics } from '../../src/admin/worker-metrics.ts';

const logHealth = {
  dropped: () => 2,
  waiting: () => 5,
  capacity: () => 1024,
  trouble: () => undefined,
  wrong: () => undefined,
};
const none = { wanted: 2, serving: () => 1, ends: () => 3 };

/** A worker of whose connections one has had so many requests at once. */
function worker(deepest: number, outage = false): Metrics {
  return makeMetrics({
    showsProcess: true,
    certificates: () => [['listen[0]', 100 + deepest]],
    distrusted: () => ['some-bucket'],
    logHealth,
    clients: {
      limits: {
        connections: 256,
        requestsPerConnection: 32,
        requestsPerClient: 128,
        copies: 4,
        refusals: 32,
      },
      used: (limit) => (limit === 'requestsPerConnection' ? deepest : 3),
      hits: () => 1,
      fronts: { count: () => 0 },
      timeoutsOf: () => 0,
      underWay: 2,
      tls: { count: () => 0 },
    },
    keyStores: () => [{ name: 'exec:x', lastSuccess: undefined, trouble: outage ? 'down' : undefined }],
    upstreams: () => [
      {
        upstream: 'upstream',
        open: 2,
        idle: 1,
        waiting: 0,
        most: 9,
        mostWaiting: 1,
        failures: 4,
        mostFailures: 5,
        outage,
        refusedPairs: 0,
      },
    ],
  });
}

async function gathered(workers: readonly Metrics[], all = new GatheredMetrics()): Promise<string> {
  const master = makeMasterMetrics(none, { logHealth, build: { version: '1.2.3', commit: undefined } });
  master.config(7, new Date(1000));
  master.reload('success');
  const figures = await Promise.all(workers.map((one) => one.figures()));
  return await all.text(
    await master.figures(),
    structuredClone(figures.map((one) => JSON.parse(JSON.stringify(one)))),
  );
}

t.test('counters, histograms and gauges of several processes are added', async (t) => {
  const [one, two] = [worker(1), worker(2)];
  for (const metrics of [one, two, two])
    metrics.request({ op: 'GetObject', status: 200, outcome: 'served', ms: 10 });
  two.keyUse('a', 'opened');
  const text = await gathered([one, two]);
  const rows = [
    'ssec_proxy_requests_total{op="GetObject",status="200"} 3',
    'ssec_proxy_request_duration_seconds_bucket{le="0.01",class="read",outcome="served"} 3',
    'ssec_proxy_request_duration_seconds_count{class="read",outcome="served"} 3',
    'ssec_proxy_key_use_total{key="a",outcome="opened"} 1',
    'ssec_proxy_upstream_connections{upstream="upstream"} 4',
    'ssec_proxy_client_limit{limit="connections"} 512',
    'ssec_proxy_client_limit_used{limit="connections"} 6',
    'ssec_proxy_client_limit_hits_total{limit="copies"} 2',
    'ssec_proxy_log_lines_dropped_total 6',
    'ssec_proxy_log_waiting_bytes 15',
    'ssec_proxy_workers{state="wanted"} 2',
    'ssec_proxy_worker_ends_total 3',
  ];
  for (const row of rows) t.ok(text.split('\n').includes(row), row);
  t.equal(text.match(/^# HELP ssec_proxy_requests_total /gm)?.length, 1);
});

t.test('what is one for all is not added', async (t) => {
  const text = await gathered([worker(3), worker(9, true), worker(4)]);
  const rows = [
    'ssec_proxy_distrusted_buckets 1',
    'ssec_proxy_upstream_outage{upstream="upstream"} 1',
    'ssec_proxy_upstream_failures{upstream="upstream"} 4',
    'ssec_proxy_upstream_failures_limit{upstream="upstream"} 5',
    'ssec_proxy_key_store_up{store="exec:x"} 0',
    'ssec_proxy_client_limit{limit="requestsPerConnection"} 32',
    'ssec_proxy_client_limit_used{limit="requestsPerConnection"} 9',
    'ssec_proxy_certificate_expiry_timestamp_seconds{certificate="listen[0]"} 103',
    `ssec_proxy_build_info{version="1.2.3",commit="unknown",node="${process.version}"} 1`,
    'ssec_proxy_config_hash 7',
    'ssec_proxy_config_reloads_total{result="success"} 1',
    'ssec_proxy_config_last_reload_success_timestamp_seconds 1',
  ];
  for (const row of rows) t.ok(text.split('\n').includes(row), row);
});

t.test('what a process has counted stays when it has ended, and its gauges go', async (t) => {
  const all = new GatheredMetrics();
  for (let round = 1; round <= 3; round += 1) {
    const ended = worker(1);
    ended.request({ op: 'GetObject', status: 200, outcome: 'served', ms: 10 });
    all.retire(JSON.parse(JSON.stringify(await ended.figures())));
    const text = await gathered([worker(1)], all);
    for (const row of [
      `ssec_proxy_requests_total{op="GetObject",status="200"} ${round}`,
      `ssec_proxy_request_duration_seconds_count{class="read",outcome="served"} ${round}`,
      `ssec_proxy_request_duration_seconds_bucket{le="+Inf",class="read",outcome="served"} ${round}`,
      'ssec_proxy_client_limit_used{limit="connections"} 3',
    ])
      t.ok(text.split('\n').includes(row), row);
  }
  all.retire([]);
  t.match(
    await gathered([], all),
    /^ssec_proxy_requests_total\{op="GetObject",status="200"\} 3$/m,
    'of no worker',
  );
});

t.test('the metrics of several processes are those of the one that is worst off, or of all', async (t) => {
  const one = await worker(1).figures();
  const value = (name: string): number => one.find((figure) => figure.name === name)?.values[0]?.value ?? -1;
  const text = await gathered([worker(1), worker(1)]);
  const shown = (name: string): number => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
  t.equal(shown('process_max_fds'), value('process_max_fds'), 'not added');
  t.equal(shown('process_start_time_seconds'), value('process_start_time_seconds'));
  t.ok(shown('process_resident_memory_bytes') > 2 * 20e6, 'three processes');
  t.ok(shown('nodejs_eventloop_lag_p99_seconds') < 60);
});

t.test('every metric says how it is added, or is a sum', async (t) => {
  const names = (await worker(1).figures()).filter(
    ({ name, aggregator }) => name.startsWith('ssec_proxy_') && aggregator !== 'sum',
  );
  t.strictSame(names.map(({ name }) => name).toSorted(), [
    'ssec_proxy_certificate_expiry_timestamp_seconds',
    'ssec_proxy_config_hash',
    'ssec_proxy_config_last_reload_success_timestamp_seconds',
    'ssec_proxy_config_last_reload_successful',
    'ssec_proxy_config_reloads_total',
    'ssec_proxy_distrusted_bucket',
    'ssec_proxy_distrusted_buckets',
    'ssec_proxy_key_last_success_timestamp_seconds',
    'ssec_proxy_key_store_last_success_timestamp_seconds',
    'ssec_proxy_key_store_up',
    'ssec_proxy_key_writes_from_timestamp_seconds',
    'ssec_proxy_keys_missing',
    'ssec_proxy_upstream_failures',
    'ssec_proxy_upstream_failures_limit',
    'ssec_proxy_upstream_outage',
    'ssec_proxy_upstream_refused_credentials',
  ]);
});
