import { Counter, Gauge, type Registry } from 'prom-client';

/** A metric whose value somebody else keeps. */
export interface Collected {
  readonly kind: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  /** The name of its label; without it, there is one value. */
  readonly label?: string;
  /** What the same of several processes makes; by default the sum. */
  readonly aggregator?: 'sum' | 'max' | 'min';
  /** Asked at each scrape: the value of the label, and the value. What is no longer named is not shown. */
  readonly values: () => Iterable<readonly [label: string, value: number]>;
}

/** Adds a metric that is read when it is scraped. */
export function addCollected(
  registry: Registry,
  { kind, name, help, label, aggregator = 'sum', values }: Collected,
): void {
  const labelNames = label === undefined ? [] : [label];
  const collect = (): void => {
    metric.reset();
    for (const [of, value] of values()) metric.inc(label === undefined ? {} : { [label]: of }, value);
  };
  const settings = { name, help, labelNames, aggregator, registers: [registry], collect };
  const metric = kind === 'gauge' ? new Gauge(settings) : new Counter(settings);
}
