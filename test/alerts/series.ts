import { nameOf, type Scrape } from './scrape.ts';

/** What was recorded of one metric series: a value for each scrape; null before it was there. */
export interface Recorded {
  readonly series: string;
  readonly counter: boolean;
  readonly values: readonly (number | null)[];
}

/** The scrapes of a fault by series, of these metrics alone. Times are told from the first scrape on, as promtool's clock begins at 0. */
export function recordedOf(scrapes: readonly Scrape[], metrics: ReadonlySet<string>): readonly Recorded[] {
  const all = new Set(scrapes.flatMap(({ values }) => [...values.keys()]));
  const began = scrapes[0]?.at ?? 0;
  return [...all]
    .filter((series) => metrics.has(nameOf(series)))
    .toSorted()
    .map((series) => {
      const name = nameOf(series);
      const shift = name.endsWith('_timestamp_seconds') ? began : 0;
      const values = scrapes.map(({ values }) => {
        const value = values.get(series);
        return value === undefined ? null : rounded(value - shift);
      });
      return { series, counter: scrapes.some(({ counters }) => counters.has(name)), values };
    });
}

/**
 * As if the fault had gone on: a counter grows as it did in the second half of the record, anything else repeats that half.
 * @param length how many values there are then
 */
export function extended({ counter, values }: Recorded, length: number): readonly (number | null)[] {
  const half = values.slice(Math.floor(values.length / 2));
  const [first = null, last = null] = [half[0], half.at(-1)];
  const step = first === null || last === null || half.length < 2 ? 0 : (last - first) / (half.length - 1);
  const more = Array.from({ length: Math.max(0, length - values.length) }, (_, index) => {
    if (!counter) return half[index % half.length] ?? null;
    return last === null ? null : rounded(last + step * (index + 1));
  });
  return [...values, ...more];
}

/** As promtool reads the values of a series. */
export function notation(values: readonly (number | null)[]): string {
  return values.map((value) => (value === null ? '_' : String(value))).join(' ');
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
