import { AggregatorRegistry } from 'prom-client';
import type { Figure, Figures } from './figures.ts';

/**
 * The metrics of several processes as those of one: counters, histograms and gauges are added, unless their definition
 * says otherwise. What a process has counted stays when it has ended, so no counter goes back.
 */
export class GatheredMetrics {
  /** Of the processes that have ended. */
  #ended: Figures = [];

  /** A process has ended. @param last what it told last */
  retire(last: Figures): void {
    const counts = last.filter(({ type }) => KEPT.has(String(type)));
    this.#ended = sum([this.#ended, counts]).getMetricsAsArray() as unknown as Figures;
  }

  /**
   * Prometheus' text format.
   * @param own of the process that gathers; it speaks for all where only one can
   */
  text(own: Figures, workers: readonly Figures[]): Promise<string> {
    return sum([own, ...highestOnly(workers), this.#ended]).metrics();
  }
}

/** Gauges end with their process. */
const KEPT: ReadonlySet<string> = new Set(['counter', 'histogram']);

function sum(all: readonly Figures[]): AggregatorRegistry<'text/plain; version=0.0.4; charset=utf-8'> {
  return AggregatorRegistry.aggregate([...all]) as never;
}

/** A limit of one connection, and how near a connection came to it: there is nothing to add up. */
const OF_ONE = {
  metrics: new Set(['ssec_proxy_client_limit', 'ssec_proxy_client_limit_used']),
  limit: 'requestsPerConnection',
} as const;

/** Of what is a figure of one connection, the highest one is kept. */
function highestOnly(workers: readonly Figures[]): readonly Figures[] {
  const isOfOne = (value: Figure['values'][number]): boolean => value.labels.limit === OF_ONE.limit;
  const highest = (name: string): number =>
    Math.max(
      ...workers
        .flatMap((figures) => figures.filter((figure) => figure.name === name))
        .flatMap(({ values }) => values.filter(isOfOne).map(({ value }) => value)),
    );
  return workers.map((figures, index) =>
    figures.map((figure) => {
      if (!OF_ONE.metrics.has(figure.name)) return figure;
      const values = figure.values.flatMap((value) => {
        if (!isOfOne(value)) return [value];
        return index === 0 ? [{ ...value, value: highest(figure.name) }] : [];
      });
      return { ...figure, values };
    }),
  );
}
