import type { Registry } from 'prom-client';
import type { MemoryLimits, Remembered } from '../remembered.ts';
import { addCollected } from './collected.ts';

/** What a process remembers, by the option. */
export type Memories = Readonly<Record<keyof MemoryLimits, Remembered>>;

/** How full the memory of a process is, and how often something was forgotten. */
export function addMemoryMetrics(registry: Registry, figures: () => Memories | undefined): void {
  const each = (name: keyof Remembered) => (): [string, number][] =>
    Object.entries(figures() ?? {}).map(([of, remembered]) => [of, remembered[name]]);
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_remembered',
    help: 'What is remembered to save requests: objects (their key), uploads (that they are encrypted), buckets (their region).',
    label: 'of',
    values: each('size'),
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_remembered_limit',
    help: 'How much of it is remembered at most, as in the option memory.',
    label: 'of',
    values: each('most'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_forgotten_total',
    help: 'What was forgotten for others. It costs a request when it is needed again.',
    label: 'of',
    values: each('forgotten'),
  });
}
