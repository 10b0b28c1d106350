import type { OperationName } from '../s3/operations.ts';
import type { StoreFailure } from '../store-client/answer.ts';

/** What a store was seen to do: the figures of a provider's row. Undefined is what was not looked at. */
export interface Seen {
  /** What a read without the key was refused with. */
  noKey?: StoreFailure;
  /** What a read with another key was refused with. */
  wrongKey?: StoreFailure;
  /** What copies between encrypted objects make. */
  readonly copies: Map<'CopyObject' | 'UploadPartCopy', 'encrypted' | 'plain' | 'refused'>;
  /** Writes that encrypted, and whether their answers named the key. */
  readonly echoes: Map<OperationName, boolean>;
  uploadEcho?: boolean;
  trioOnComplete?: boolean;
  trailers?: boolean;
  /** Which wrong hashes of a body it refused. */
  readonly checks: Map<'sha256' | 'md5' | 'checksums', boolean>;
  foldsKeys?: boolean;
  etag?: 'md5' | 'opaque';
}

export function nothingSeen(): Seen {
  return { copies: new Map(), echoes: new Map(), checks: new Map() };
}
