/** A difference between the sandbox and the stores beside it that is meant. */
export interface Known {
  /** Whole names of cases. */
  readonly cases: RegExp;
  /** The sandbox takes what another refuses. */
  readonly laxer?: true;
  readonly why: string;
  readonly source?: string;
}

const S3_ERRORS = 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html';
/** What others recorded at Amazon S3 itself. */
const RECORDED =
  'https://github.com/localstack/localstack/blob/main/tests/aws/services/s3/test_s3.snapshot.json';
const INTEGRITY = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html';
const CHUNKS = 'https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html';
const TRAILERS = 'https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html';
const OBJECT_KEYS = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html';

/** The sandbox answers as Amazon S3 does. Where that is unlike Ceph and MinIO, with its reason; the first that fits. */
export const KNOWN: readonly Known[] = [
  // Where the sandbox takes more than one of the others.
  {
    laxer: true,
    cases: /get sealed: range (5-4|x)/,
    why: 'S3 ignores a range that is none, and serves the whole object',
    source: 'https://github.com/noobaa/noobaa-core/issues/9889',
  },
  {
    laxer: true,
    cases: /get sealed: If-Match, (\*|two of which one is its tag)/,
    why: 'If-Match is * or a list; Ceph and MinIO read it as one tag. Of S3 unverified',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1',
  },
  {
    cases: /get sealed: If-None-Match, weak/,
    why: 'A weak tag names what it stands for here: Ceph and MinIO know none, and serve the object. Of S3 unverified',
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2',
  },
  {
    laxer: true,
    cases: /get sealed: If-None-Match, another, and If-Modified-Since, in the future/,
    why: 'If-Modified-Since is not looked at beside If-None-Match, of which MinIO knows nothing',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html',
  },
  {
    laxer: true,
    cases: /put over an object: if-match (\*|its tag)/,
    why: 'MinIO wants the key of the object that is there to look at its tag, and Ceph compares it with its quotes',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html',
  },
  {
    laxer: true,
    cases: /put over a sealed object: if-match its tag/,
    why: 'Ceph compares the tag with its quotes and finds no match',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html',
  },
  {
    laxer: true,
    cases: /copy (plain onto itself, sealing|sealed onto itself, another key)/,
    why: 'New encryption is a change, by which keys are rotated; Ceph sees none',
    source: RECORDED,
  },
  {
    laxer: true,
    cases: /part copy sealed to sealed, another key/,
    why: 'Ceph opens the source with the key of the destination',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html',
  },
  {
    laxer: true,
    cases: /chunks: (un)?signed with trailer/,
    why: 'This Ceph knows no trailers',
    source: TRAILERS,
  },
  {
    laxer: true,
    cases:
      /object key with (two slashes|a dot as a segment|two dots as a segment|two dots in front): (put|get)/,
    why: 'An object key is a text to S3; MinIO keeps them as paths and refuses these',
    source: OBJECT_KEYS,
  },
  {
    laxer: true,
    cases: /object key with a segment of 256 bytes: (put|get)/,
    why: "MinIO's file system has names of 255 bytes",
    source: OBJECT_KEYS,
  },
  {
    laxer: true,
    cases: /(put|get plain|create upload|copy from plain): three empty headers/,
    why: 'As Ceph, it takes three empty headers for no key: a proxy that sends them on stores in plain. MinIO refuses them',
  },
  // Where it answers in S3's words, or has what they have not.
  {
    cases: /(get sealed|upload part|copy from sealed): three empty headers( of the source)?/,
    why: 'A key that is missing is InvalidRequest; Ceph and MinIO have codes of their own',
    source: RECORDED,
  },
  {
    cases: /get attributes of sealed: another key/,
    why: 'S3 says of a wrong key what it says everywhere; MinIO does not look at it here, Ceph does not know the query',
    source: RECORDED,
  },
  {
    cases: /put: a hash that is none/,
    why: 'x-amz-content-sha256 that is neither a hash nor one of the words is InvalidArgument',
    source: RECORDED,
  },
  {
    cases: /(put|part): (CRC32C?|CRC64NVME|SHA1|SHA256), wrong/,
    why: 'A checksum that does not match is BadDigest; MinIO has a code of its own, Ceph ignores them',
    source: INTEGRITY,
  },
  {
    cases: /put: CRC32, (of 3 bytes|not base64|empty)/,
    why: 'A checksum that can be none is InvalidRequest; Ceph ignores it, MinIO says InvalidArgument or ignores it',
    source: RECORDED,
  },
  {
    cases: /put: two checksums|put: CRC32 announced, .*/,
    why: 'One checksum, and the one that is announced; Ceph ignores them, MinIO what is announced',
    source: RECORDED,
  },
  {
    cases: /put: a checksum that nobody knows|create upload: an unknown checksum/,
    why: 'What the sandbox can not compute it refuses; to ignore it would be to promise it',
  },
  {
    cases: /put over (nothing|an object|a sealed object): if-none-match (a tag|its tag|another tag)/,
    why: 'S3 has If-None-Match for writes with * alone',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html',
  },
  {
    cases: /put: the same tag twice/,
    why: 'In a header InvalidArgument, in a document InvalidTag; Ceph takes it',
    source: RECORDED,
  },
  {
    cases: /put \?(annotation|renameObject|encryption|unknown)/,
    why: 'Ceph and MinIO take a query that they do not know for a PutObject, and store the body in plain',
  },
  {
    cases: /delete objects: (no digest|Content-MD5, wrong)/,
    why: 'S3 wants a digest and checks it; Ceph does neither, MinIO not the second',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html',
  },
  {
    cases: /copy from sealed: (no algorithm|the key alone|the MD5 alone|an empty algorithm) of the source/,
    why: 'Ceph does not copy what is sealed; MinIO takes a source without its algorithm for one without a key',
  },
  {
    cases:
      /(get plain|copy from (plain|sealed)): a key (of (16|33) bytes|that is not base64|without padding)( of the source)?/,
    why: 'A key that can be none is InvalidArgument everywhere; Ceph does not look at it, MinIO says AccessDenied',
    source: RECORDED,
  },
  {
    cases: /(get sealed|head sealed|create upload|upload part): a key without padding/,
    why: 'Base64 has its padding: Ceph does without, MinIO says AccessDenied. Of S3 unverified',
  },
  {
    cases: /.*: two keys( of the source)?/,
    why: 'Two keys are no key. Ceph signs one of them, MinIO takes the first. Of S3 unverified',
  },
  {
    cases: /(get plain|copy from (plain|sealed)): (AES128|aes256|aws:kms)( of the source)?/,
    why: 'An unknown algorithm has a code of its own everywhere; Ceph does not look at it, MinIO says InvalidArgument',
    source: RECORDED,
  },
  {
    cases: /copy (plain to sealed|sealed to sealed|sealed to sealed, another key|replaced metadata)/,
    why: 'S3 names the key of a copy; MinIO does not, Ceph stores it in plain or does not copy',
    source: RECORDED,
  },
  {
    cases: /part copy (plain|sealed) to sealed/,
    why: 'S3 names the key of the part; MinIO and Ceph do not',
    source: RECORDED,
  },
  {
    cases: /copy sealed without its key to sealed/,
    why: 'InvalidRequest, as of a read without the key; Ceph does not copy, MinIO says InvalidArgument',
    source: RECORDED,
  },
  {
    cases: /part copy sealed without its key/,
    why: 'Refused, as a read without the key is; Ceph opens the source with the key of the part, MinIO takes it',
  },
  {
    cases: /copy a version that there is not/,
    why: 'A version id that S3 never makes is InvalidArgument, here as in a read',
    source: S3_ERRORS,
  },
  {
    cases: /part: another key|part: a key, of a plain upload/,
    why: 'InvalidRequest in both cases; MinIO and Ceph take a key for a plain upload, and store the part in plain',
    source: RECORDED,
  },
  {
    cases: /part: number 0/,
    why: 'A part number is one of 1 to 10000, else InvalidArgument; MinIO says InvalidPart, Ceph takes it',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html',
  },
  {
    cases: /(complete|list parts): (another key|a key, of a plain upload)/,
    why: 'A key that is sent must be the right one; Ceph and MinIO do not look at it. Of S3 unverified',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html',
  },
  {
    cases: /chunks: signed, (no signature|a size that is no number|no line break)/,
    why: 'A body that is not framed as it has to be is refused, under one code. Which one S3 has is unverified',
    source: CHUNKS,
  },
  {
    cases: /chunks: (un)?signed( with trailer)?, no last chunk/,
    why: 'A body without its end is incomplete; Ceph and MinIO take it once its length is there',
    source: CHUNKS,
  },
  {
    cases: /chunks: (un)?signed( with trailer)?, (no decoded length|a decoded length too short)/,
    why: 'Without its length MissingContentLength, with another IncompleteBody',
    source: S3_ERRORS,
  },
  {
    cases:
      /chunks: (un)?signed with trailer, (no signature of the trailer|a wrong checksum|a checksum that is none|no trailer|another trailer|none announced|an unknown one announced)/,
    why: 'A trailer that is missing or malformed is MalformedTrailerError, one that is no checksum InvalidRequest, a wrong one BadDigest',
    source: TRAILERS,
  },
  {
    cases: /chunks: signed, of 1000 bytes/,
    why: 'Each chunk but the last has 8 KiB at least',
    source: CHUNKS,
  },
  {
    cases: /object key with 1025 bytes: get/,
    why: 'KeyTooLongError, to a read too; MinIO says so of writes alone, Ceph has a code of its own',
    source: OBJECT_KEYS,
  },
  {
    cases: /object key with (bytes that are not UTF-8|a zero byte): put/,
    why: 'InvalidURI; each store has a code of its own',
    source: S3_ERRORS,
  },
  {
    cases: /list uploads: encoded/,
    why: 'A space is + and the answer says that it is encoded; MinIO lists uploads by whole object keys alone',
    source: RECORDED,
  },
];
