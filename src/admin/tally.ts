import { Counter, type Registry } from 'prom-client';

interface Tallied<First extends string, Second extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: [First, Second];
  readonly registers: Registry[];
}

/**
 * A counter with two labels. What is counted with each request is counted here, without making anything, and told to
 * prom-client when somebody asks: it makes a text of the labels for each count.
 */
export class Tally<First extends string, Second extends string> {
  readonly #counts = new Map<string, Map<string | number, { count: number }>>();

  constructor(tallied: Tallied<First, Second>) {
    const [first, second] = tallied.labelNames;
    const metric: Counter<First | Second> = new Counter({
      ...tallied,
      collect: () => {
        metric.reset();
        for (const [one, others] of this.#counts)
          for (const [other, { count }] of others)
            metric.inc({ [first]: one, [second]: other } as Record<First | Second, string | number>, count);
      },
    });
  }

  add(first: string, second: string | number): void {
    const cell = this.#counts.get(first)?.get(second) ?? this.#begin(first, second);
    cell.count += 1;
  }

  #begin(first: string, second: string | number): { count: number } {
    const cell = { count: 0 };
    const others = this.#counts.get(first) ?? new Map<string | number, { count: number }>();
    this.#counts.set(first, others.set(second, cell));
    return cell;
  }
}
