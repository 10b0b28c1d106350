import type { Registry } from 'prom-client';
import { addCollected } from './collected.ts';

const ENDS = ['sent', 'failed', 'dropped'] as const;

/** What became of the spans of this process. */
export type SpansSeen = Readonly<Record<(typeof ENDS)[number], number>>;

/** Only where spans are made. */
export function addSpanMetrics(registry: Registry, seen: () => SpansSeen | undefined): void {
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_spans_total',
    help: 'Spans by what became of them: sent, failed (the collector did not take them), dropped (too many waited).',
    label: 'outcome',
    values: () => {
      const now = seen();
      return now ? ENDS.map((end) => [end, now[end]]) : [];
    },
  });
}
