/** One scrape: the value of each series by its name with its labels, and which metrics are counters or parts of histograms. */
export interface Scrape {
  /** Seconds of Unix time. */
  readonly at: number;
  readonly values: ReadonlyMap<string, number>;
  readonly counters: ReadonlySet<string>;
}

/** Reads Prometheus' text format, as far as the proxy writes it. */
export function parseScrape(text: string, at: number): Scrape {
  const values = new Map<string, number>();
  const counters = new Set<string>();
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (type === 'counter') counters.add(name);
    if (type === 'histogram') for (const part of ['bucket', 'sum', 'count']) counters.add(`${name}_${part}`);
    if (line === '' || line.startsWith('#')) continue;
    const end = line.lastIndexOf(' ');
    const value = Number(line.slice(end + 1));
    if (Number.isFinite(value)) values.set(line.slice(0, end), value);
  }
  return { at, values, counters };
}

/** The name of a series without its labels. */
export function nameOf(series: string): string {
  return series.split('{')[0] ?? series;
}
