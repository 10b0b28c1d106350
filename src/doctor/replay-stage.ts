import type { StoreBench } from './bench.ts';

/** Where the requests go: through the proxy, to a folder of one bucket. */
export interface Stage {
  readonly bench: Pick<StoreBench, 'client'>;
  /** Makes links, and follows them without credentials. */
  readonly links: Pick<StoreBench, 'client'>;
  /** What is wrong with an object at the store; undefined when it exists and is encrypted. */
  readonly inspect: (name: string) => Promise<string | undefined>;
  readonly bucket: string;
  readonly folder: string;
  /** That many unique bytes. */
  readonly bytes: (size: number) => Buffer;
}

export interface SentPart {
  readonly number: number;
  readonly etag: string;
  /** As in the response. */
  readonly crc32: string | undefined;
  readonly body: Buffer;
}

interface Upload {
  readonly id: string;
  readonly parts: SentPart[];
}

/** The state of the client: what it has stored, and what it is uploading. */
export interface State {
  readonly objects: Map<string, Buffer>;
  readonly uploads: Map<string, Upload>;
}
