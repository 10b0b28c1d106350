import type { Registry } from 'prom-client';
import { addCollected } from './collected.ts';

/** Bytes of documents that are read whole, at this moment, and how many found no room. */
export interface DocumentFigures {
  readonly held: number;
  readonly most: number;
  readonly waited: number;
  readonly refused: number;
}

/** How near the limit of documents that are read whole is, and how often it was reached. */
export function addDocumentMetrics(registry: Registry, figures: () => DocumentFigures | undefined): void {
  const each = (name: keyof DocumentFigures) => (): [string, number][] => [['', figures()?.[name] ?? 0]];
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_documents_bytes',
    help: 'Bytes of lists that are held to be written again.',
    values: each('held'),
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_documents_bytes_limit',
    help: 'Most bytes of such lists at once (limits.documents).',
    values: each('most'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_documents_waits_total',
    help: 'How often such a list waited for room.',
    values: each('waited'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_documents_refused_total',
    help: 'Lists that found no room in time and got 503 SlowDown.',
    values: each('refused'),
  });
}
