import { OPERATIONS, type OperationName } from './operations.ts';
import type { Refusal, Saying } from './read-failure.ts';

/**
 * What the stores do differently: data, a row a store, never branches. Sources: AWS and OBS
 * from their documentation; Ceph as observed on RGW 16.2.15, MinIO on 20260212201848-7aac2a2c5b7c, SeaweedFS on 4.48
 * and Garage on 2.5.0 (`npm run test:differential` holds their rows against them). `generic` is the safe choice for
 * every figure; a figure that nobody has seen on the real store says "unverified".
 */
export interface Provider {
  readonly name: ProviderName;
  /** Which of the copies decrypt the source and encrypt the copy as the headers say, and can prove it? */
  readonly copiesSsec: readonly OperationName[];
  /** May CompleteMultipartUpload and ListParts carry the SSE-C headers? */
  readonly trioOnComplete: boolean;
  /** What a read answers that has another SSE-C key than the object, or a key where the object has none. */
  readonly keyRefusals: readonly Refusal[];
  /** What a read without a key answers where the object has one. */
  readonly keyDemands: readonly Saying[];
  /**
   * Does a multipart upload keep the key that it began with? `strict`: a part with another is refused, and one with a
   * key where it began without. `pinned`: the latter is taken, and stored in plain. `unpinned`: each part is as it comes,
   * or nobody has seen it.
   */
  readonly uploads: 'strict' | 'pinned' | 'unpinned';
  /** Does ListMultipartUploads encode object keys at `encoding-type=url` without saying so in its answer? */
  readonly encodesUploadsSilently: boolean;
  /**
   * Hosts of the store's own endpoints, with REGION where its name stands: a bucket of another region is then reached
   * there. Empty where regions have nothing in common.
   */
  readonly regionalHosts: readonly string[];
  /** What a bucket is put into when the config does not say: the path or the host name. */
  readonly addressing: 'path' | 'virtual';
  /**
   * Injected writes whose answer does not echo the SSE-C headers, and how many of them are proven by a HEAD without
   * the key instead: a share of 1.
   */
  readonly withoutEcho: { readonly operations: readonly OperationName[]; readonly headShare: number };
  /** Does CreateMultipartUpload echo them? Where not, nothing is stored by it, and each part echoes. */
  readonly uploadEcho: boolean;
  /**
   * Writes and deletes of sub-resources, of objects and of buckets, that the store knows. Others are not sent: a store that
   * does not know the query may take them for a PutObject or a DeleteBucket. So are the few reads of which no answer
   * shows whether it knew them.
   */
  readonly subresourceWrites: readonly OperationName[];
  /** Names that are the store's own. */
  readonly reserved: Reserved;
  /** Does it take `STREAMING-UNSIGNED-PAYLOAD-TRAILER`? Else bodies are sent decoded, their checksum checked here. */
  readonly trailers: boolean;
  /** Which hashes of a body the store itself checks before it stores anything; the others are checked here. */
  readonly checks: { readonly sha256: boolean; readonly md5: boolean; readonly checksums: boolean };
  /** Does the store fold `//`, `.` or `..` in object keys? Then a rule or a permission could be walked around. */
  readonly normalisesKeys: boolean;
  /** Does it encrypt an object whose key ends with a slash? Where not, such a write under a key is refused. */
  readonly sealsFolders: boolean;
  /** Is the ETag of an SSE-C object and of its parts the MD5 of what the client sent? Clients compare it. */
  readonly etag: 'md5' | 'opaque';
}

/** Refused, whatever a rule or a permission says: what they lead to is no bucket, or no object of that name. */
export interface Reserved {
  /** Names of buckets, in lower case: first segments of paths at which the store has another interface. */
  readonly names: readonly string[];
  /** Finds those, in any case, and names that are an alias: of a bucket, or of what lies before one. */
  readonly buckets: RegExp;
  /**
   * Is the path looked at before the host? Where a bucket is in the host, the first segment of an object key is that of the
   * path.
   */
  readonly beforeHost: boolean;
  /** Object keys by which the store reaches other objects, or what it keeps for itself. */
  readonly keys: readonly ReservedKey[];
}

/** A segment of an object key. */
export type ReservedKey =
  | { readonly first: string }
  | { readonly endsWith: string; readonly at: 'last' | 'folder' };

export const PROVIDER_NAMES = [
  'aws',
  'ceph',
  'minio',
  'obs',
  'garage',
  'seaweedfs',
  'hetzner',
  'generic',
] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

const ALL_ECHO: Provider['withoutEcho'] = { operations: [], headShare: 0 };
const CHECKS_NOTHING = { sha256: false, md5: false, checksums: false };
const CHECKS_ALL = { sha256: true, md5: true, checksums: true };
/** What every store that was seen does, or refuses as what it is. */
const BUCKETS: readonly OperationName[] = [
  'PutBucketAcl',
  'PutBucketCors',
  'PutBucketLifecycle',
  'PutBucketLifecycleConfiguration',
  'PutBucketPolicy',
  'PutBucketTagging',
  'PutBucketVersioning',
  'DeleteBucketCors',
  'DeleteBucketLifecycle',
  'DeleteBucketPolicy',
  'DeleteBucketTagging',
];
const NOTIFICATIONS: readonly OperationName[] = [
  'PutBucketNotification',
  'PutBucketNotificationConfiguration',
];
const REPLICATION: readonly OperationName[] = ['PutBucketReplication', 'DeleteBucketReplication'];
const WEBSITE: readonly OperationName[] = ['PutBucketWebsite', 'DeleteBucketWebsite'];
const ENCRYPTION: readonly OperationName[] = ['PutBucketEncryption', 'DeleteBucketEncryption'];
const PUBLIC_ACCESS: readonly OperationName[] = ['PutPublicAccessBlock', 'DeletePublicAccessBlock'];
const OWNERSHIP: readonly OperationName[] = ['PutBucketOwnershipControls', 'DeleteBucketOwnershipControls'];

/** An object `a/` is stored as `a__XLDIR__`, and may be asked for by that name too. */
const MINIO_KEYS: readonly ReservedKey[] = [{ endsWith: '__XLDIR__', at: 'last' }];
/** Parts of uploads, and older versions of objects, lie in folders of the bucket. */
const SEAWEEDFS_KEYS: readonly ReservedKey[] = [
  { first: '.uploads' },
  { endsWith: '.versions', at: 'folder' },
];
const NONE_RESERVED = reserve({ names: [] });
/** The entry points of its admin API and of Swift, by default. */
const CEPH_RESERVED = reserve({ names: ['admin', 'swift', 'auth'] });
const MINIO_RESERVED = reserve({ names: ['minio'], beforeHost: true, keys: MINIO_KEYS });
const SEAWEEDFS_RESERVED = reserve({ names: ['status', 'healthz'], beforeHost: true, keys: SEAWEEDFS_KEYS });
/**
 * Aliases of access points, of Object Lambda and of Multi-Region Access Points stand where a bucket's name does.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const AWS_ALIASES = ['-s3alias', '--ol-s3', '.mrap', '--table-s3', '--x-s3'];

const TAGS: readonly OperationName[] = ['PutObjectTagging', 'DeleteObjectTagging'];
const LOCKS: readonly OperationName[] = ['PutObjectRetention', 'PutObjectLegalHold'];

/** Where nobody has seen what the store says: any key may be meant, and nothing is ever concluded from it. */
const UNSEEN: readonly Refusal[] = [
  { means: 'unclear', status: 400, code: 'InvalidArgument' },
  { means: 'unclear', status: 400, code: 'InvalidRequest' },
  { means: 'unclear', status: 403, code: 'AccessDenied' },
];
/** What stores that were looked at say without a key; nobody has seen more of the others. */
const DEMANDS: readonly Saying[] = [
  { status: 400, code: 'InvalidRequest' },
  { status: 400, code: 'InvalidArgument' },
];
/** As recorded at AWS; MinIO has it in its sources. */
const STORED_SSE: readonly Saying[] = [
  {
    status: 400,
    code: 'InvalidRequest',
    says: 'The object was stored using a form of Server Side Encryption.',
  },
];
/** As recorded at AWS; the same of a copy for its source. MinIO has the message in its sources. */
const PLAIN: Refusal = {
  means: 'plain',
  status: 400,
  code: 'InvalidRequest',
  says: 'The encryption parameters are not applicable to this object.',
};
/** MinIO and SeaweedFS say of a wrong key what they say of a missing permission. */
const DENIED: Refusal = { means: 'unclear', status: 403, code: 'AccessDenied' };

const GENERIC: Provider = {
  name: 'generic',
  copiesSsec: [],
  trioOnComplete: true,
  keyRefusals: UNSEEN,
  keyDemands: DEMANDS,
  uploads: 'unpinned',
  encodesUploadsSilently: false,
  regionalHosts: [],
  addressing: 'path',
  withoutEcho: ALL_ECHO,
  uploadEcho: true,
  subresourceWrites: BUCKETS,
  reserved: reserve({
    names: [...CEPH_RESERVED.names, ...MINIO_RESERVED.names, ...SEAWEEDFS_RESERVED.names],
    aliases: AWS_ALIASES,
    beforeHost: true,
    keys: [...MINIO_KEYS, ...SEAWEEDFS_KEYS],
  }),
  trailers: false,
  checks: CHECKS_NOTHING,
  normalisesKeys: true,
  // Where it isn't so the echo is missing.
  sealsFolders: true,
  // Taken for an MD5 and compared, an ETag that is none makes clients remove what they stored; an MD5 that nobody
  // compares costs a check.
  etag: 'opaque',
};

/**
 * As observed: `?annotation`, `?renameObject` and `?encryption` on an object are a plain PutObject to it; `?encryption` and
 * other names on a bucket are CreateBucket and DeleteBucket.
 */
const CEPH: Provider = {
  ...GENERIC,
  name: 'ceph',
  // Plain → SSE-C copies answer 200 and store plaintext; copies of SSE-C objects answer 501.
  copiesSsec: [],
  // As observed. Plain objects are served, whatever key comes.
  keyRefusals: [
    {
      means: 'wrong-key',
      status: 400,
      code: 'InvalidArgument',
      says: 'The calculated MD5 hash of the key did not match the hash that was provided.',
    },
  ],
  keyDemands: [
    {
      status: 400,
      code: 'InvalidArgument',
      says: 'must provide a valid encryption algorithm.',
    },
  ],
  uploads: 'pinned',
  encodesUploadsSilently: true,
  subresourceWrites: [
    'PutObjectAcl',
    ...TAGS,
    ...LOCKS,
    ...BUCKETS,
    ...NOTIFICATIONS,
    ...REPLICATION,
    ...WEBSITE,
    ...PUBLIC_ACCESS,
    'PutBucketRequestPayment',
    'PutObjectLockConfiguration',
  ],
  reserved: CEPH_RESERVED,
  // STREAMING-*-TRAILER is 400 XAmzContentSHA256Mismatch; a wrong x-amz-checksum-* is ignored.
  trailers: false,
  checks: { sha256: true, md5: true, checksums: false },
  normalisesKeys: false,
  // As observed, in lists too.
  etag: 'md5',
};

export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  aws: {
    ...GENERIC,
    name: 'aws',
    copiesSsec: ['CopyObject', 'UploadPartCopy'],
    // A plain AccessDenied is another thing: S3 says so of a missing object key to whoever may not list.
    keyRefusals: [
      {
        means: 'wrong-key',
        status: 403,
        code: 'AccessDenied',
        says: 'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
      },
      PLAIN,
    ],
    keyDemands: STORED_SSE,
    uploads: 'strict',
    // https://docs.aws.amazon.com/general/latest/gr/s3.html
    regionalHosts: [
      's3.REGION.amazonaws.com',
      's3.dualstack.REGION.amazonaws.com',
      's3-fips.REGION.amazonaws.com',
      's3-fips.dualstack.REGION.amazonaws.com',
      's3.REGION.amazonaws.com.cn',
      's3.dualstack.REGION.amazonaws.com.cn',
    ],
    addressing: 'virtual',
    // UpdateObjectEncryption answers 400 for SSE-C objects, annotations don't exist for them.
    subresourceWrites: [
      'PutObjectAcl',
      ...TAGS,
      ...LOCKS,
      'RestoreObject',
      'SelectObjectContent',
      ...OPERATIONS.filter(
        ({ shape, method, listed }) => shape === 'bucket' && method !== 'GET' && listed,
      ).map(({ name }) => name),
    ],
    reserved: reserve({ names: [], aliases: AWS_ALIASES }),
    trailers: true,
    checks: CHECKS_ALL,
    normalisesKeys: false,
    // "Objects encrypted by … SSE-C … have ETags that are not an MD5 digest of their object data."
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    etag: 'opaque',
  },
  ceph: CEPH,
  minio: {
    ...GENERIC,
    name: 'minio',
    // As observed. UploadPartCopy has no echo, and there is no object yet to look at.
    copiesSsec: ['CopyObject'],
    withoutEcho: { operations: ['CopyObject'], headShare: 1 },
    uploadEcho: false,
    keyRefusals: [DENIED, PLAIN],
    keyDemands: STORED_SSE,
    uploads: 'pinned',
    // The others of buckets it refuses as what they are.
    subresourceWrites: [
      'PutObjectAcl',
      ...TAGS,
      ...LOCKS,
      'RestoreObject',
      'SelectObjectContent',
      ...BUCKETS,
      ...NOTIFICATIONS,
      ...REPLICATION,
      ...ENCRYPTION,
      'DeleteBucketWebsite',
      'PutObjectLockConfiguration',
    ],
    reserved: MINIO_RESERVED,
    trailers: true,
    checks: CHECKS_ALL,
    // As observed: `/a` is stored as `a`. Empty, `.` and `..` segments are refused, not folded; on Windows a backslash
    // is a slash.
    normalisesKeys: true,
    // The MD5, sealed, of which 32 digits are shown.
    etag: 'opaque',
  },
  // OBS documents no SSE-C headers on Complete; its answer to a wrong key, its copies and the rest are unverified.
  // Its ETag is documented as the MD5 of the ciphertext.
  // The sub-resources of buckets are those of its list, and it has no other interface that anybody has heard of.
  obs: {
    ...GENERIC,
    name: 'obs',
    trioOnComplete: false,
    addressing: 'virtual',
    subresourceWrites: [
      ...BUCKETS,
      ...NOTIFICATIONS,
      ...REPLICATION,
      ...WEBSITE,
      ...ENCRYPTION,
      ...PUBLIC_ACCESS,
      'PutBucketLogging',
      'PutBucketRequestPayment',
      'PutObjectLockConfiguration',
    ],
    reserved: NONE_RESERVED,
    etag: 'opaque',
  },
  // As observed on 2.5.0, where tags, ACLs, locks and versions don't exist.
  garage: {
    ...GENERIC,
    name: 'garage',
    // UploadPartCopy refuses a source below 3 KiB, a plain one too.
    copiesSsec: ['CopyObject', 'UploadPartCopy'],
    // It puts further words before and behind.
    keyRefusals: [
      {
        means: 'wrong-key',
        status: 400,
        code: 'InvalidRequest',
        says: 'Invalid encryption key, could not decrypt object metadata',
      },
      {
        means: 'plain',
        status: 400,
        code: 'InvalidRequest',
        says: 'Trying to decrypt a plaintext object',
      },
    ],
    keyDemands: [{ status: 400, code: 'InvalidRequest', says: 'Object is encrypted' }],
    uploads: 'strict',
    // It reads queries strictly, and refuses what it does not know.
    subresourceWrites: [
      'PutBucketCors',
      'PutBucketLifecycle',
      'PutBucketLifecycleConfiguration',
      'DeleteBucketCors',
      'DeleteBucketLifecycle',
      ...WEBSITE,
    ],
    reserved: NONE_RESERVED,
    trailers: true,
    checks: CHECKS_ALL,
    // `/a` is stored as `a`.
    normalisesKeys: true,
    // Random.
    etag: 'opaque',
  },
  // As observed on 4.48, where each part is encrypted with whatever key it comes with, and UploadPartCopy of what is
  // encrypted answers 501. `//` and backslashes are folded. Plain objects are served, whatever key comes. It checks
  // Content-MD5 and checksums of a PutObject, but no SHA-256, and stores the beginning of a body that is said to be
  // longer: so everything is checked here.
  seaweedfs: {
    ...GENERIC,
    name: 'seaweedfs',
    copiesSsec: ['CopyObject'],
    withoutEcho: { operations: ['CopyObject'], headShare: 1 },
    uploadEcho: false,
    keyRefusals: [DENIED],
    keyDemands: [{ status: 400, code: 'InvalidArgument' }],
    // Those of buckets by its routes, of which the last takes any PUT for a CreateBucket and any DELETE for a DeleteBucket.
    subresourceWrites: [
      ...TAGS,
      ...BUCKETS,
      ...ENCRYPTION,
      ...OWNERSHIP,
      ...PUBLIC_ACCESS,
      'PutObjectLockConfiguration',
    ],
    reserved: SEAWEEDFS_RESERVED,
    // As observed: 200, without an echo, and the body lies there in plain.
    sealsFolders: false,
    // As seen with rclone and s3cmd, which compare it.
    etag: 'md5',
  },
  // Hetzner runs Ceph and says that it can't copy SSE-C objects; its answer to a wrong key is unverified.
  hetzner: { ...CEPH, name: 'hetzner', keyRefusals: [...CEPH.keyRefusals, ...UNSEEN], keyDemands: DEMANDS },
  generic: GENERIC,
};

/** @param aliases what the names of aliases end with */
function reserve({
  names,
  aliases = [],
  beforeHost = false,
  keys = [],
}: Partial<Omit<Reserved, 'buckets'>> & { names: readonly string[]; aliases?: readonly string[] }): Reserved {
  const whole = names.map((name) => `^${literal(name)}$`);
  const ends = aliases.map((end) => `${literal(end)}$`);
  // Without an alternative it would match everything.
  const buckets = new RegExp([...whole, ...ends].join('|') || '(?!)', 'i');
  return { names, buckets, beforeHost, keys };
}

function literal(name: string): string {
  return name.replaceAll('.', String.raw`\.`);
}
