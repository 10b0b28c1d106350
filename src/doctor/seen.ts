import type { OperationName } from '../s3/operations.ts';
import type { StoreFailure } from '../store-client/answer.ts';

/** The observed behaviour of a store, in the terms of a provider. Undefined means not checked. */
export interface Seen {
  /** The refusal of a read without the key. */
  noKey?: StoreFailure;
  /** The refusal of a read with a wrong key. */
  wrongKey?: StoreFailure;
  /** The result of copies between encrypted objects. */
  readonly copies: Map<'CopyObject' | 'UploadPartCopy', 'encrypted' | 'plain' | 'refused'>;
  /** Writes that encrypted, and whether their responses named the key. */
  readonly echoes: Map<OperationName, boolean>;
  uploadEcho?: boolean;
  ssecOnComplete?: boolean;
  trailers?: boolean;
  /** Whether it refused wrong hashes of a body, by their kind. */
  readonly checks: Map<'sha256' | 'md5' | 'checksums', boolean>;
  foldsKeys?: boolean;
  etag?: 'md5' | 'opaque';
}

export function nothingSeen(): Seen {
  return { copies: new Map(), echoes: new Map(), checks: new Map() };
}
