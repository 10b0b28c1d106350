import { Counter, type Metric, type Registry } from 'prom-client';
import type { Figure } from './figures.ts';

interface Tallied<First extends string, Second extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: [First, Second];
  readonly registers: Registry[];
  /** What is shown as 0 before it is counted first: without it, a rate does not see the first counts. */
  readonly known?: () => Iterable<readonly [first: string, second: string]>;
}

/**
 * A counter with two labels. What is counted with each request is counted here, without making anything, and told to
 * prom-client when somebody asks: it makes a text of the labels for each count.
 */
export class Tally<First extends string, Second extends string> {
  readonly #cells = new Cells(() => ({ count: 0 }));

  constructor({ known = () => [], ...tallied }: Tallied<First, Second>) {
    const [first, second] = tallied.labelNames;
    const metric: Counter<First | Second> = new Counter({
      ...tallied,
      collect: () => {
        metric.reset();
        for (const [one, other] of known()) this.#cells.at(one, other);
        for (const [one, other, { count }] of this.#cells.all())
          metric.inc({ [first]: one, [second]: other } as Record<First | Second, string | number>, count);
      },
    });
  }

  add(first: string, second: string | number, by = 1): void {
    this.#cells.at(first, second).count += by;
  }
}

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
  readonly #cells: Cells<Observations>;

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

interface Observations {
  /** Of each bucket its own, the last one above all ends. */
  readonly counts: Float64Array;
  sum: number;
}

interface Row {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** One cell for each pair of values of two labels, made when it is needed first. */
export class Cells<Cell> {
  readonly #make: () => Cell;
  readonly #cells = new Map<string, Map<string | number, Cell>>();
  /** How many there are. */
  size = 0;

  constructor(make: () => Cell) {
    this.#make = make;
  }

  at(first: string, second: string | number): Cell {
    return this.#cells.get(first)?.get(second) ?? this.#begin(first, second);
  }

  has(first: string, second: string | number): boolean {
    return this.#cells.get(first)?.has(second) === true;
  }

  *all(): Generator<readonly [first: string, second: string | number, cell: Cell]> {
    for (const [first, others] of this.#cells)
      for (const [second, cell] of others) yield [first, second, cell];
  }

  #begin(first: string, second: string | number): Cell {
    const cell = this.#make();
    this.size += 1;
    const others = this.#cells.get(first) ?? new Map<string | number, Cell>();
    this.#cells.set(first, others.set(second, cell));
    return cell;
  }
}
