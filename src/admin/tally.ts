import type { Counter } from 'prom-client';

/**
 * Counts by two labels. What is counted with each request is counted here, without making anything, and told to the
 * metric when somebody asks for it: prom-client makes a text of the labels for each count.
 */
export class Tally {
  readonly #counts = new Map<string, Map<string | number, { count: number }>>();

  add(first: string, second: string | number): void {
    const cell = this.#counts.get(first)?.get(second) ?? this.#begin(first, second);
    cell.count += 1;
  }

  /** Says all that was counted, in the place of what the metric said before. */
  tell<First extends string, Second extends string>(
    metric: Counter<First | Second>,
    first: First,
    second: Second,
  ): void {
    metric.reset();
    for (const [one, others] of this.#counts)
      for (const [other, { count }] of others)
        metric.inc({ [first]: one, [second]: other } as Record<First | Second, string | number>, count);
  }

  #begin(first: string, second: string | number): { count: number } {
    const cell = { count: 0 };
    const others = this.#counts.get(first) ?? new Map<string | number, { count: number }>();
    this.#counts.set(first, others.set(second, cell));
    return cell;
  }
}
