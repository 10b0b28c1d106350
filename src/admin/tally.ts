import { Counter, type Registry } from 'prom-client';

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
