/** One request of a client. Object keys are relative to the folder of the rehearsal; sizes are in bytes. */
export interface Step {
  readonly op:
    | 'HeadBucket'
    | 'List'
    | 'ListUploads'
    | 'Head'
    | 'Get'
    | 'Link'
    | 'Put'
    | 'Copy'
    | 'Delete'
    | 'DeleteMany'
    | 'Begin'
    | 'Part'
    | 'PartCopy'
    | 'ListParts'
    | 'Complete'
    | 'Append'
    | 'SetMetadata';
  /** The object key, or the prefix of a list. */
  readonly on?: string;
  /** The source of a copy; `x-amz-copy-source-range` selects a part of it. */
  readonly from?: string;
  readonly size?: number;
  readonly part?: number;
  /**
   * How the body is sent: with its hash, without, in chunks with a trailing checksum, of known or unknown length, or in
   * chunks of HTTP alone.
   */
  readonly framing?: 'hash' | 'unsigned' | 'trailer' | 'endless trailer' | 'endless';
  /** A further hash of the body. For a Complete: it has the checksums from the responses to its parts. */
  readonly proof?: 'md5' | 'crc32';
  /** The query of the client, without the prefix of a list and the signature of a link. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly many?: readonly string[];
  /** The object does not exist, and the client expects a 404. */
  readonly absent?: true;
  /** Left out at a store that is not OBS: S3 has no such request. */
  readonly needs?: 'obs';
}

/** The requests of a client, in order. */
export interface Sequence {
  /** Its usual name, with its version. */
  readonly client: string;
  /** `recorded`: recorded from the client. `library`: recorded from its library, called in the order of its source code.
   */
  readonly from: 'recorded' | 'library';
  /** How it signs and names its headers; as S3 by default. */
  readonly dialect?: 'obs';
  /** What the client does in it. */
  readonly doing: string;
  readonly steps: readonly Step[];
}
