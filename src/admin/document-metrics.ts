import type { Registry } from 'prom-client';
import { addCollected } from './collected.ts';

/** Bytes of documents that are read whole, at this moment, and how many found no room. */
interface DocumentFigures {
  readonly held: number;
  readonly most: number;
  readonly waited: number;
  readonly refused: number;
  readonly gaveWay: number;
}

/** Those of stores that are written again, those of clients, and bodies of unknown length. */
export type DocumentsHeld = Readonly<Record<'lists' | 'clients' | 'bodies', DocumentFigures>>;

/** How near the limit of documents that are read whole is, and how often it was reached. */
export function addDocumentMetrics(registry: Registry, figures: () => DocumentsHeld | undefined): void {
  const each = (name: keyof DocumentFigures) => (): [string, number][] =>
    Object.entries(figures() ?? {}).map(([of, held]) => [of, held[name]]);
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_documents_bytes',
    help:
      'Bytes of documents that are read whole at this moment: lists of stores, documents of clients; and of bodies of ' +
      'unknown length.',
    label: 'of',
    values: each('held'),
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_documents_bytes_limit',
    help: 'Most bytes of them at once (limits.documents, limits.clientDocuments, limits.unsizedBodies).',
    label: 'of',
    values: each('most'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_documents_waits_total',
    help: 'How often a document waited for room.',
    label: 'of',
    values: each('waited'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_documents_refused_total',
    help: 'Documents that found no room in time: 503 SlowDown.',
    label: 'of',
    values: each('refused'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_documents_gave_way_total',
    help: 'Documents of clients that came slowly and were given up, since others waited for room: 503 SlowDown.',
    label: 'of',
    values: each('gaveWay'),
  });
}
