import type { Difference } from './documents.ts';
import { type Pairs, pairs } from './pairs.ts';

/**
 * How a service names what S3 has: its own prefix of headers, the names and values that differ by more than that, its
 * hash of an SSE-C key and its signature. The line sees the names of S3 alone, which are the internal ones: a request
 * of another dialect is translated where it comes in, and its answer where it goes out.
 */
export interface Dialect {
  readonly name: 's3' | 'obs' | 'google';
  /** Of its headers, in lower case. */
  readonly prefix: `x-${string}-`;
  /** Names that differ by more than the prefix, in lower case. */
  readonly names: Pairs;
  /** By the internal name of a header: values that differ. What is in no pair is the same in both. */
  readonly values: ReadonlyMap<string, Pairs>;
  /** By what an SSE-C key is named, in base64. */
  readonly keyHash: 'md5' | 'sha256';
  readonly signature: 'sigv4' | 'obs' | 'goog4';
  /** By operation: how its documents differ. One that is not here can't be told to a side with another dialect. */
  readonly documents: 'same' | ReadonlyMap<string, Difference>;
  /** Does the service take bodies of unknown length, `Transfer-Encoding: chunked`? S3 wants a Content-Length. */
  readonly unsizedBodies: boolean;
}

/** The prefix of the internal names. */
export const INTERNAL_PREFIX = 'x-amz-';

const NONE = pairs();

/** What is internal: nothing of it is translated. */
export const S3: Dialect = {
  name: 's3',
  prefix: INTERNAL_PREFIX,
  names: NONE,
  values: new Map(),
  keyHash: 'md5',
  signature: 'sigv4',
  documents: 'same',
  unsizedBodies: false,
};
