import type { StoreBench } from './bench.ts';

/** Where a client works: through the proxy, in a folder of one bucket. */
export interface Stage {
  readonly bench: Pick<StoreBench, 'client'>;
  /** Makes links, and follows them without credentials. */
  readonly links: Pick<StoreBench, 'client'>;
  /** What is wrong with an object as it lies at the store; undefined when it is there and encrypted. */
  readonly inspect: (name: string) => Promise<string | undefined>;
  readonly bucket: string;
  readonly folder: string;
  /** So many bytes that nothing else holds. */
  readonly bytes: (size: number) => Buffer;
}

export interface SentPart {
  readonly number: number;
  readonly etag: string;
  /** As the answer had it. */
  readonly crc32: string | undefined;
  readonly body: Buffer;
}

interface Upload {
  readonly id: string;
  readonly parts: SentPart[];
}

/** What the client knows: what it has stored, and what it is uploading. */
export interface State {
  readonly objects: Map<string, Buffer>;
  readonly uploads: Map<string, Upload>;
}
