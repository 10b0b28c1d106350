/** A file of the data directory. `iv` (hex) is present if it is encrypted with AES-256-CTR. */
export interface DataFile {
  readonly id: string;
  /** Bytes; CTR adds none. */
  readonly size: number;
  readonly iv: string | undefined;
}

/** Distinguishes the right SSE-C key from a wrong one: HMAC-SHA256(key, salt). Both hex; the key itself is never stored. */
export interface Seal {
  readonly salt: string;
  readonly check: string;
}

/** A checksum in S3's format: base64, and for several parts `base64-N`. */
export interface Checksum {
  readonly algorithm: string;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface Tag {
  readonly name: string;
  readonly value: string;
}

/** What a client sends with an object in addition to its bytes. Headers are lower-case names with their raw values. */
export interface Attributes {
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
}

export interface ObjectVersion extends Attributes {
  readonly kind: 'object';
  readonly objectKey: string;
  /** `null` (the string) for an object that was stored without versioning. */
  readonly versionId: string;
  readonly modified: Date;
  /** Without quotes. */
  readonly etag: string;
  readonly size: number;
  /** One file, or one file per part of a multipart upload. */
  readonly files: readonly DataFile[];
  readonly multipart: boolean;
  readonly checksum: Checksum | undefined;
  readonly seal: Seal | undefined;
  /** The store's own encryption, as S3 names it. Nothing is encrypted: bodies lie on the disk as they came. */
  readonly managed: string | undefined;
  /** How often it was appended to; undefined for an object that can't be. */
  readonly appends?: number;
}

interface DeleteMarker {
  readonly kind: 'marker';
  readonly objectKey: string;
  readonly versionId: string;
  readonly modified: Date;
}

export type Version = ObjectVersion | DeleteMarker;

export interface Part {
  readonly number: number;
  readonly etag: string;
  readonly modified: Date;
  readonly file: DataFile;
  readonly checksum: Checksum | undefined;
}

export interface Upload extends Attributes {
  readonly uploadId: string;
  readonly objectKey: string;
  readonly initiated: Date;
  readonly seal: Seal | undefined;
  readonly managed: string | undefined;
  readonly checksum: Pick<Checksum, 'algorithm' | 'type'> | undefined;
  readonly parts: Map<number, Part>;
}
