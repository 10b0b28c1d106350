import t from 'tap';
import { makeMetrics } from '../../src/admin/metrics.ts';

const named = { client: (id: string) => id === 'app', bucket: (bucket: string) => bucket === 'docs' };
const distrusted = (): readonly string[] => [];
const served = { op: 'GetObject', status: 200, outcome: 'served', bytesOut: 10 } as const;

t.test('counts by clients and buckets of the config where it says so, and all others together', async (t) => {
  const metrics = makeMetrics({ distrusted, named, labels: ['client', 'bucket'] });
  metrics.request({ ...served, client: 'app', bucket: 'docs' });
  metrics.request({ ...served, client: 'app', bucket: 'docs', outcome: 'left', bytesIn: 5 });
  for (const bucket of ['one', 'two', 'three']) metrics.request({ ...served, client: 'app', bucket });
  metrics.request({ op: 'GetObject', status: 403, outcome: 'refused' });
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('ssec_proxy_usage_'));
  t.strictSame(lines.toSorted(), [
    'ssec_proxy_usage_bytes_total{client="app",bucket="docs",direction="received"} 5',
    'ssec_proxy_usage_bytes_total{client="app",bucket="docs",direction="sent"} 20',
    'ssec_proxy_usage_bytes_total{client="app",bucket="other",direction="sent"} 30',
    'ssec_proxy_usage_requests_total{client="app",bucket="docs",outcome="left"} 1',
    'ssec_proxy_usage_requests_total{client="app",bucket="docs",outcome="served"} 1',
    'ssec_proxy_usage_requests_total{client="app",bucket="other",outcome="served"} 3',
    'ssec_proxy_usage_requests_total{client="other",bucket="other",outcome="refused"} 1',
  ]);
});

t.test('shows only the labels that were asked for, and nothing without one', async (t) => {
  const byBucket = makeMetrics({ distrusted, named, labels: ['bucket'] });
  byBucket.request({ ...served, client: 'app', bucket: 'docs' });
  t.match(await byBucket.text(), 'ssec_proxy_usage_requests_total{bucket="docs",outcome="served"} 1');
  const none = makeMetrics({ distrusted, named });
  none.request({ ...served, client: 'app', bucket: 'docs' });
  t.notMatch(await none.text(), 'usage');
});

t.test('there is an end to the series, however many clients configs name one after another', async (t) => {
  const metrics = makeMetrics({ distrusted, named, labels: ['client'] });
  for (let index = 0; index < 2100; index += 1) metrics.request({ ...served, client: `client-${index}` });
  const text = await metrics.text();
  t.equal(text.match(/^ssec_proxy_usage_requests_total/gm)?.length, 2001);
  t.match(text, 'ssec_proxy_usage_requests_total{client="other",outcome="served"} 100');
});
