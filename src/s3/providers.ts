import type { OperationName } from './operations.ts';
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
   * Operations on a sub-resource of an object that the store knows. Others are not sent: a store that does not know
   * the query may take them for a PutObject or a DeleteObject.
   */
  readonly subresourceWrites: readonly OperationName[];
  /** Does it take `STREAMING-UNSIGNED-PAYLOAD-TRAILER`? Else bodies are sent decoded, their checksum checked here. */
  readonly trailers: boolean;
  /** Does it take the SHA-256 of a body in `x-amz-content-sha256`? Else that says UNSIGNED-PAYLOAD, and is checked here. */
  readonly signsBodies: boolean;
  /** Which hashes of a body the store itself checks before it stores anything; the others are checked here. */
  readonly checks: { readonly sha256: boolean; readonly md5: boolean; readonly checksums: boolean };
  /** Does the store fold `//`, `.` or `..` in object keys? Then a rule or a permission could be walked around. */
  readonly normalisesKeys: boolean;
  /** Does it encrypt an object whose key ends with a slash? Where not, such a write under a key is refused. */
  readonly sealsFolders: boolean;
  /** Is the ETag of an SSE-C object and of its parts the MD5 of what the client sent? Clients compare it. */
  readonly etag: 'md5' | 'opaque';
}

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
const TAGS: readonly OperationName[] = ['PutObjectTagging', 'DeleteObjectTagging'];
const LOCKS: readonly OperationName[] = ['PutObjectRetention', 'PutObjectLegalHold'];

/** Where nobody has seen what the store says: any key may be meant, and nothing is ever concluded from it. */
const UNSEEN: readonly Refusal[] = [{ means: 'unclear', unseen: true }];
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
  subresourceWrites: [],
  trailers: false,
  signsBodies: true,
  checks: CHECKS_NOTHING,
  normalisesKeys: true,
  // Where it isn't so the echo is missing.
  sealsFolders: true,
  // Taken for an MD5 and compared, an ETag that is none makes clients remove what they stored; an MD5 that nobody
  // compares costs a check.
  etag: 'opaque',
};

/** As observed: `?annotation`, `?renameObject` and `?encryption` on an object are a plain PutObject to it. */
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
  subresourceWrites: ['PutObjectAcl', ...TAGS, ...LOCKS],
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
    subresourceWrites: ['PutObjectAcl', ...TAGS, ...LOCKS, 'RestoreObject', 'SelectObjectContent'],
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
    subresourceWrites: ['PutObjectAcl', ...TAGS, ...LOCKS, 'RestoreObject', 'SelectObjectContent'],
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
  // With version 4 of the signature it takes UNSIGNED-PAYLOAD and bodies in signed chunks.
  obs: {
    ...GENERIC,
    name: 'obs',
    trioOnComplete: false,
    addressing: 'virtual',
    signsBodies: false,
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
    subresourceWrites: TAGS,
    // As observed: 200, without an echo, and the body lies there in plain.
    sealsFolders: false,
    // As seen with rclone and s3cmd, which compare it.
    etag: 'md5',
  },
  // Hetzner runs Ceph and says that it can't copy SSE-C objects; its answer to a wrong key is unverified.
  hetzner: { ...CEPH, name: 'hetzner', keyRefusals: [...CEPH.keyRefusals, ...UNSEEN], keyDemands: DEMANDS },
  generic: GENERIC,
};
