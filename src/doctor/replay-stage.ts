import type { StoreBench } from './bench.ts';

/** Where a client works: through the proxy, in a folder of one bucket. */
export interface Stage {
  readonly bench: Pick<StoreBench, 'client'>;
  readonly bucket: string;
  readonly folder: string;
  /** So many bytes that nothing else holds. */
  readonly bytes: (size: number) => Buffer;
}

interface Upload {
  readonly id: string;
  readonly parts: { readonly etag: string; readonly body: Buffer }[];
}

/** What the client knows: what it has stored, and what it is uploading. */
export interface State {
  readonly objects: Map<string, Buffer>;
  readonly uploads: Map<string, Upload>;
}
