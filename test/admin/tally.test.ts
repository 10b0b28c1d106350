import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import t from 'tap';
import { HistogramTally } from '../../src/admin/tally.ts';

const WHAT = { name: 'time_seconds', help: 'Some time.', buckets: [0.1, 1, 10] };
const VALUES = [0.1, 0.05, 0.2, 1, 5, 10, 11];

t.test("tells what prom-client's own histogram tells", async (t) => {
  const [own, theirs] = [new Registry(), new Registry()];
  const tally = new HistogramTally({ ...WHAT, labelNames: ['one', 'two'] }, own);
  const histogram = new Histogram({ ...WHAT, labelNames: ['one', 'two'], registers: [theirs] });
  for (const value of VALUES) {
    tally.observe('a', 'b', value);
    histogram.observe({ one: 'a', two: 'b' }, value);
  }
  tally.observe('a', 'c', 3);
  histogram.observe({ one: 'a', two: 'c' }, 3);
  const sorted = (text: string): readonly string[] => text.split('\n').toSorted();
  t.strictSame(sorted(await own.metrics()), sorted(await theirs.metrics()));
});

t.test('several processes are added, as numbers that went through JSON', async (t) => {
  const registry = new Registry();
  const tally = new HistogramTally({ ...WHAT, labelNames: ['one', 'two'] }, registry);
  tally.observe('a', 'b', 0.5);
  const told = JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()));
  const text = await AggregatorRegistry.aggregate([told, told]).metrics();
  for (const row of [
    'time_seconds_bucket{le="0.1",one="a",two="b"} 0',
    'time_seconds_bucket{le="1",one="a",two="b"} 2',
    'time_seconds_bucket{le="+Inf",one="a",two="b"} 2',
    'time_seconds_sum{one="a",two="b"} 1',
    'time_seconds_count{one="a",two="b"} 2',
  ])
    t.ok(text.split('\n').includes(row), row);
});
