/** One request of a client. Object keys are below the folder of the rehearsal; sizes in bytes. */
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
    | 'Complete';
  /** The object, or the prefix that is listed. */
  readonly on?: string;
  /** Of a copy: its source; a part of it is named by `x-amz-copy-source-range`. */
  readonly from?: string;
  readonly size?: number;
  readonly part?: number;
  /** How the body is sent: with its hash, without, or in chunks with a checksum behind it, of a length told or not. */
  readonly framing?: 'hash' | 'unsigned' | 'trailer' | 'endless trailer';
  /** What else proves the body; of a Complete: it names the checksums that the answers to its parts had. */
  readonly proof?: 'md5' | 'crc32';
  /** What the client asks for with it; the prefix of a list is added, and the signature of a link. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly many?: readonly string[];
  /** It is not there, and the client wants to hear so. */
  readonly absent?: true;
}

/** What a client asks for, in its order. */
export interface Sequence {
  /** As people know it, with its version. */
  readonly client: string;
  /** `recorded`: taken from the client at work. `library`: from its library at work, called in the order of its sources.
   */
  readonly from: 'recorded' | 'library';
  /** What it was doing. */
  readonly doing: string;
  readonly steps: readonly Step[];
}
