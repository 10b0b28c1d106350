import type { Metric, Registry } from 'prom-client';
import type { Figure } from './figures.ts';
import { Cells } from './tally.ts';

interface Observed {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly [string, string];
  /** Upper ends, in order. */
  readonly buckets: readonly number[];
}

/**
 * A histogram with two labels. prom-client's own makes a text of the labels, and an object of them, for each value that it
 * observes: with every request there are several.
 */
export class HistogramTally {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly [string, string];
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #buckets: readonly number[];
  readonly #cells: Cells<Cell>;

  constructor({ name, help, labelNames, buckets }: Observed, registry: Registry) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
    this.#buckets = buckets;
    this.#cells = new Cells(() => ({ counts: new Float64Array(buckets.length + 1), sum: 0 }));
    // What a registry asks of a metric is this: its name, and `get`.
    registry.registerMetric(this as unknown as Metric);
  }

  observe(first: string, second: string, value: number): void {
    const cell = this.#cells.at(first, second);
    let at = 0;
    while (at < this.#buckets.length && value > (this.#buckets[at] as number)) at += 1;
    cell.counts[at] = (cell.counts[at] as number) + 1;
    cell.sum += value;
  }

  /** As prom-client's histograms tell it: each bucket counts what the ones before it have, too. */
  async get(): Promise<Figure> {
    const [first, second] = this.labelNames;
    const values = [...this.#cells.all()].flatMap(([one, other, { counts, sum }]) => {
      const labels = { [first]: one, [second]: other };
      let count = 0;
      const rows: Row[] = [];
      for (const [at, own] of counts.entries()) {
        count += own;
        const le = this.#buckets[at] ?? '+Inf';
        rows.push({ metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count });
      }
      rows.push({ metricName: `${this.name}_sum`, labels, value: sum });
      rows.push({ metricName: `${this.name}_count`, labels, value: count });
      return rows;
    });
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values } as unknown as Figure;
  }
}

interface Cell {
  /** Of each bucket its own, the last one above all ends. */
  readonly counts: Float64Array;
  sum: number;
}

interface Row {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}
