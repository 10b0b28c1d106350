import type { Framing } from './framing.ts';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/**
 * One request. In texts, `{key}` is the case's own object key, `{bucket}` its bucket, and `{UploadId}`, `{VersionId}`,
 * `{ETag}` (with its quotes) what the latest answer said of them,
 * `{ETag1}` the first.
 */
export interface Ask {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** `bucket` and `service` have no object key; the case's own when it isn't said. */
  readonly at?: 'bucket' | 'service' | { readonly objectKey: string } | { readonly rawPath: string };
  /** Another bucket than the case's own. */
  readonly bucket?: string;
  /** An empty value goes without `=`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Headers;
  readonly body?: string | Uint8Array;
  /** What `x-amz-content-sha256` says: the hash of the body where nothing is said. */
  readonly payload?: string;
  readonly framing?: Framing;
  readonly auth?: 'presigned' | 'presigned and expired' | 'none' | 'with another secret';
  readonly scheme?: 'http';
}

export interface Case {
  readonly name: string;
  /** What must be there; each of them has to succeed. */
  readonly before?: readonly Ask[];
  readonly ask: Ask;
  readonly bucket?: 'differential' | 'differential-versions';
  /** XML elements or header fields of the answer that are compared too, by their texts. */
  readonly shows?: readonly string[];
  /** Is the object looked for afterwards, without a key? Where it isn't said, after each PUT of an object. */
  readonly leaves?: boolean;
}
