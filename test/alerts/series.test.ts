import t from 'tap';
import { parseScrape } from './scrape.ts';
import { extended, notation, recordedOf } from './series.ts';

const TEXT = (count: number, ends: number): string => `# HELP a_total Some.
# TYPE a_total counter
a_total{of="x y"} ${count}

# HELP b_seconds Some.
# TYPE b_seconds gauge
b_seconds Nan
# HELP c_timestamp_seconds Some.
# TYPE c_timestamp_seconds gauge
c_timestamp_seconds ${ends}
`;

t.test('what was scraped is told by series, and times from the first scrape on', (t) => {
  const scrapes = [parseScrape('', 100), parseScrape(TEXT(3, 150), 101), parseScrape(TEXT(5, 150), 102)];
  t.strictSame(recordedOf(scrapes, new Set(['a_total', 'b_seconds', 'c_timestamp_seconds'])), [
    { series: 'a_total{of="x y"}', counter: true, values: [null, 3, 5] },
    { series: 'c_timestamp_seconds', counter: false, values: [null, 50, 50] },
  ]);
  t.end();
});

t.test('a counter goes on as in its second half, and a gauge repeats it', (t) => {
  const values = [0, 0, 10, 12];
  t.strictSame(extended({ series: 'a', counter: true, values }, 6), [0, 0, 10, 12, 14, 16]);
  t.strictSame(extended({ series: 'a', counter: false, values }, 7), [0, 0, 10, 12, 10, 12, 10]);
  t.equal(notation([null, 1, 2.5]), '_ 1 2.5');
  t.end();
});
