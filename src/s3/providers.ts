import type { CanonicalForm } from './canonical-value.ts';
import { OBS_HEADERS, type OwnHeaders } from './obs-headers.ts';
import type { OperationName } from './operations.ts';
import type { Refusal, Saying } from './read-failure.ts';
import { RESERVED, type Reserved } from './reserved-names.ts';
import {
  ALL_OF_BUCKETS,
  BUCKETS,
  ENCRYPTION,
  LOCKS,
  NOTIFICATIONS,
  OF_OBS,
  OWNERSHIP,
  PUBLIC_ACCESS,
  REPLICATION,
  TAGS,
  WEBSITE,
} from './subresource-writes.ts';

/**
 * The differences between the stores: data, one entry per store, never branches. Sources: AWS and OBS
 * from their documentation; Ceph as observed on RGW 16.2.15, MinIO on 20260212201848-7aac2a2c5b7c, SeaweedFS on 4.48
 * and Garage on 2.5.0 (`npm run test:differential` compares them with these entries). `generic` has the safe value of
 * every property; a value that nobody has seen at the real store is commented as "unverified".
 */
export interface Provider {
  readonly name: ProviderName;
  /** Which of the copies decrypt the source and encrypt the copy as the headers say, and can prove it? */
  readonly copiesSsec: readonly OperationName[];
  /** May CompleteMultipartUpload and ListParts carry the SSE-C headers? */
  readonly ssecOnComplete: boolean;
  /** What a read answers that has another SSE-C key than the object, or a key where the object has none. */
  readonly keyRefusals: readonly Refusal[];
  /** The response to a read without a key of an encrypted object. */
  readonly keyDemands: readonly Saying[];
  /**
   * Is a multipart upload bound to the key that it started with? `strict`: a part with another key is refused, and so is one
   * with a key in an upload without. `pinned`: the latter is accepted, and stored unencrypted. `unpinned`: each part may
   * have any key, or the behaviour is unknown.
   */
  readonly uploads: 'strict' | 'pinned' | 'unpinned';
  /** Does ListMultipartUploads encode object keys at `encoding-type=url` without saying so in its response? */
  readonly encodesUploadsSilently: boolean;
  /** Does it know `metadata=true` of lists, which has the users' metadata and tags in them? Only then it gets it. */
  readonly listsMetadata: boolean;
  /**
   * Hosts of the store's own endpoints, with REGION in the place of the region: the proxy finds a bucket of another region
   * there. Empty if the hosts of the regions have no pattern.
   */
  readonly regionalHosts: readonly string[];
  /** What the names of its regions look like. Hosts are built from them, so nothing else is accepted. */
  readonly regionNames: RegExp;
  /** Where the bucket goes by default: into the path or the host name. */
  readonly addressing: 'path' | 'virtual';
  /**
   * Injected writes whose response does not echo the SSE-C headers, and the share of them, 0 to 1, that a HEAD without the
   * key proves instead.
   */
  readonly withoutEcho: { readonly operations: readonly OperationName[]; readonly headShare: number };
  /** Does CreateMultipartUpload echo them? Where not, nothing is stored by it, and each part echoes. */
  readonly uploadEcho: boolean;
  /**
   * Writes and deletes of sub-resources, of objects and buckets, that the store supports. Others are refused: a store that
   * does not know the query may treat them as a PutObject or a DeleteBucket. The same goes for the few reads whose
   * response does not show whether the store knew them.
   */
  readonly subresourceWrites: readonly OperationName[];
  /** Headers of requests that S3 has no counterpart for, by the operation: only these of all the vendors' go to the store. */
  readonly ownHeaders: OwnHeaders;
  /** Can an object bring headers of its own into its answers? */
  readonly bringsHeaders: boolean;
  /** Does it know `attname` of a read, the name by which a browser keeps it? */
  readonly namesDownloads: boolean;
  /** Names that are the store's own. */
  readonly reserved: Reserved;
  /** Does it take `STREAMING-UNSIGNED-PAYLOAD-TRAILER`? Else bodies are sent decoded, their checksum checked here. */
  readonly trailers: boolean;
  /** Does it demand a Content-MD5 with documents such as a lifecycle? Clients now mostly send another checksum. */
  readonly demandsMd5: boolean;
  /** Does it know `x-amz-checksum-*`? If not, the proxy checks them, and sends none. */
  readonly knowsChecksums: boolean;
  /** Does it accept the SHA-256 of a body in `x-amz-content-sha256`? If not, it gets UNSIGNED-PAYLOAD, and the proxy checks. */
  readonly signsBodies: boolean;
  /** Does it block an access key after wrong signatures? Then it is not asked for a while by a pair that it refuses. */
  readonly blocksPairs: boolean;
  /** How it writes the values of signed headers. A value that the form leaves open is refused. */
  readonly canonicalForm: CanonicalForm;
  /** The hashes of a body that the store checks before it stores anything; the proxy checks the others. */
  readonly checks: { readonly sha256: boolean; readonly md5: boolean; readonly checksums: boolean };
  /** Does the store normalise `//`, `.` or `..` in object keys? Then a client could bypass a rule or a permission. */
  readonly normalisesKeys: boolean;
  /** Does it encrypt an object whose key ends with a slash? If not, the proxy refuses such a write with a key. */
  readonly sealsFolders: boolean;
  /**
   * Names of metadata, without `x-amz-meta-`, that the store does something upon instead of keeping them: a client that may
   * write one object would write others by them. Such a write is refused.
   */
  readonly actsUponMetadata: readonly Acted[];
  /** Is the ETag of an SSE-C object and of its parts the MD5 of what the client sent? Clients compare it. */
  readonly etag: 'md5' | 'opaque';
}

/** What a store does upon some metadata, as the end of a sentence that begins with the store. */
interface Acted {
  readonly names: RegExp;
  readonly does: string;
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
/** For stores with unknown responses: the key may be the reason, but the proxy concludes nothing from them. */
const UNSEEN: readonly Refusal[] = [{ means: 'unclear', unseen: true }];
/** The response of known stores to a read without a key, assumed for the others too. */
const DEMANDS: readonly Saying[] = [
  { status: 400, code: 'InvalidRequest' },
  { status: 400, code: 'InvalidArgument' },
];
/** What OBS documents for a read whose headers of encryption do not fit the object. */
const OBS_KEY: Saying = { status: 400, code: 'InvalidEncryptionAlgorithmError' };
/** As recorded at AWS; MinIO's source code has it too. */
const STORED_SSE: readonly Saying[] = [
  {
    status: 400,
    code: 'InvalidRequest',
    says: 'The object was stored using a form of Server Side Encryption.',
  },
];
/** As recorded at AWS, also for the source of a copy. MinIO's source code has the message too. */
const PLAIN: Refusal = {
  means: 'plain',
  status: 400,
  code: 'InvalidRequest',
  says: 'The encryption parameters are not applicable to this object.',
};
/** MinIO and SeaweedFS answer a wrong key and a missing permission in the same way. */
const DENIED: Refusal = { means: 'unclear', status: 403, code: 'AccessDenied' };

/**
 * MinIO (minio/minio#20883) and AWS's Snowball devices take an object with `snowball-auto-extract` for an archive; RustFS
 * also reads the options of that with a vendor's name before them.
 */
const ARCHIVES: Acted = {
  names: /^(?:[a-z0-9]+-)?snowball-/,
  does: 'unpacks an archive into other object keys by it, past the rules and permissions of this proxy',
};
/** https://docs.storj.io/dcs/api/s3/object-level-ttl */
const EXPIRES: Acted = { names: /^object-expires$/, does: 'deletes the object by it when its time is over' };
/** Scality's CloudServer, in its own documentation of locations. */
const PLACES: Acted = {
  names: /^scal-location-constraint$/,
  does: 'puts the object into another location by it',
};

/** As in `eu-central-1`, `us-gov-west-1`, `eusc-de-east-1`. */
const AWS_REGION = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;
/** As in `cn-north-4`, `eu-west-101`, `la-north-2`, and those of Open Telekom Cloud: `eu-de`, `eu-ch2`. */
const OBS_REGION = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,2}(?:-\d{1,3}|\d)?$/;

const GENERIC: Provider = {
  name: 'generic',
  copiesSsec: [],
  ssecOnComplete: true,
  keyRefusals: UNSEEN,
  keyDemands: DEMANDS,
  uploads: 'unpinned',
  encodesUploadsSilently: false,
  listsMetadata: false,
  regionalHosts: [],
  regionNames: AWS_REGION,
  addressing: 'path',
  withoutEcho: ALL_ECHO,
  uploadEcho: true,
  subresourceWrites: BUCKETS,
  ownHeaders: {},
  bringsHeaders: false,
  namesDownloads: false,
  reserved: RESERVED.any,
  trailers: false,
  demandsMd5: false,
  knowsChecksums: true,
  signsBodies: true,
  blocksPairs: false,
  canonicalForm: 'unseen',
  checks: CHECKS_NOTHING,
  normalisesKeys: true,
  // If a store does not, the echo is missing.
  sealsFolders: true,
  actsUponMetadata: [ARCHIVES, EXPIRES, PLACES],
  // Clients that mistake an ETag for an MD5 delete the object when it differs. The opposite mistake only costs them a
  // check.
  etag: 'opaque',
};

/**
 * As observed: the store treats `?annotation`, `?renameObject` and `?encryption` on an object as a PutObject, and
 * `?encryption`, `?abac` and the like on a bucket as CreateBucket or DeleteBucket.
 */
const CEPH: Provider = {
  ...GENERIC,
  name: 'ceph',
  // Plain → SSE-C copies answer 200 and store plaintext; copies of SSE-C objects answer 501.
  copiesSsec: [],
  // As observed. Unencrypted objects are returned for any key.
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
  reserved: RESERVED.ceph,
  // STREAMING-*-TRAILER is 400 XAmzContentSHA256Mismatch; a wrong x-amz-checksum-* is ignored.
  trailers: false,
  // As observed: of a tab and a space the first stays.
  canonicalForm: 'first',
  checks: { sha256: true, md5: true, checksums: false },
  // It keeps the metadata of an archive, and the archive, as they are.
  actsUponMetadata: [],
  normalisesKeys: false,
  // As observed, in lists too.
  etag: 'md5',
};

export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  aws: {
    ...GENERIC,
    name: 'aws',
    canonicalForm: 'documented',
    copiesSsec: ['CopyObject', 'UploadPartCopy'],
    // An AccessDenied with another message is different: S3 sends it for a missing object to callers that may not list.
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
    // Of objects: UpdateObjectEncryption answers 400 for SSE-C objects, they can't have annotations.
    subresourceWrites: [
      'PutObjectAcl',
      ...TAGS,
      ...LOCKS,
      'RestoreObject',
      'SelectObjectContent',
      ...ALL_OF_BUCKETS,
    ],
    reserved: RESERVED.aws,
    trailers: true,
    checks: CHECKS_ALL,
    actsUponMetadata: [ARCHIVES],
    normalisesKeys: false,
    // "Objects encrypted by … SSE-C … have ETags that are not an MD5 digest of their object data."
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    etag: 'opaque',
  },
  ceph: CEPH,
  minio: {
    ...GENERIC,
    name: 'minio',
    // As observed. UploadPartCopy has no echo, and there is no object yet for a HEAD.
    copiesSsec: ['CopyObject'],
    withoutEcho: { operations: ['CopyObject'], headShare: 1 },
    uploadEcho: false,
    keyRefusals: [DENIED, PLAIN],
    keyDemands: STORED_SSE,
    uploads: 'pinned',
    listsMetadata: true,
    // Of its routes. As observed, it takes the others for the bucket itself: CreateBucket or DeleteBucket.
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
    reserved: RESERVED.minio,
    trailers: true,
    // As observed.
    canonicalForm: 'unicode',
    checks: CHECKS_ALL,
    actsUponMetadata: [ARCHIVES],
    // As observed: `/a` is stored as `a`. Empty, `.` and `..` segments are refused, not normalised; on Windows a backslash
    // is a slash.
    normalisesKeys: true,
    // 32 digits of the encrypted MD5.
    etag: 'opaque',
  },
  // OBS documents no SSE-C headers on Complete. A read with a wrong, missing or unfit key is documented with one code for
  // all (https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html), and whether they differ is unverified: so it
  // means nothing certain. Copies under keys are documented with their echo, and are unverified.
  // Its ETag is documented as the MD5 of the ciphertext.
  // The sub-resources of buckets are the documented ones; no other interface at its paths is documented.
  // With signature version 4 it accepts UNSIGNED-PAYLOAD and bodies in signed chunks, by its documents nothing else.
  // Parts are of 100 KiB or more, where S3 has 5 MiB.
  obs: {
    ...GENERIC,
    name: 'obs',
    ssecOnComplete: false,
    keyRefusals: [{ means: 'unclear', ...OBS_KEY }, ...UNSEEN],
    keyDemands: [OBS_KEY, ...DEMANDS],
    regionalHosts: [
      'obs.REGION.myhuaweicloud.com',
      'obs.REGION.myhuaweicloud.eu',
      'obs.REGION.otc.t-systems.com',
    ],
    regionNames: OBS_REGION,
    addressing: 'virtual',
    demandsMd5: true,
    knowsChecksums: false,
    signsBodies: false,
    // TooManyWrongSignature, by its documents.
    blocksPairs: true,
    subresourceWrites: [
      ...BUCKETS,
      ...NOTIFICATIONS,
      ...REPLICATION,
      ...WEBSITE,
      ...ENCRYPTION,
      ...PUBLIC_ACCESS,
      'PutBucketInventoryConfiguration',
      'DeleteBucketInventoryConfiguration',
      'PutBucketLogging',
      'PutBucketRequestPayment',
      'PutObjectLockConfiguration',
      'PutObjectAcl',
      ...TAGS,
      'PutObjectRetention',
      'RestoreObject',
      ...OF_OBS,
    ],
    ownHeaders: OBS_HEADERS,
    bringsHeaders: true,
    namesDownloads: true,
    reserved: RESERVED.obs,
    etag: 'opaque',
  },
  // As observed on 2.5.0, where tags, ACLs, locks and versions don't exist.
  garage: {
    ...GENERIC,
    name: 'garage',
    // UploadPartCopy refuses a source below 3 KiB, even an unencrypted one.
    copiesSsec: ['CopyObject', 'UploadPartCopy'],
    // The message has more words before and after.
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
    reserved: RESERVED.none,
    trailers: true,
    // By its source code.
    canonicalForm: 'untouched',
    checks: CHECKS_ALL,
    // `/a` is stored as `a`.
    normalisesKeys: true,
    // Random.
    etag: 'opaque',
  },
  // As observed on 4.48, where each part is encrypted with whatever key it comes with, and UploadPartCopy of an
  // encrypted source answers 501. `//` and backslashes are normalised. Unencrypted objects are returned for any key. It
  // checks Content-MD5 and checksums of a PutObject, but no SHA-256, and stores a body that is shorter than its declared
  // length: so the proxy checks everything.
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
    reserved: RESERVED.seaweedfs,
    // As observed.
    canonicalForm: 'unicode',
    // As observed: 200, without an echo, and the body is stored unencrypted.
    sealsFolders: false,
    // As observed with rclone and s3cmd, which compare it.
    etag: 'md5',
  },
  // Hetzner runs Ceph and documents that it can't copy SSE-C objects; its response to a wrong key is unverified.
  hetzner: { ...CEPH, name: 'hetzner', keyRefusals: [...CEPH.keyRefusals, ...UNSEEN], keyDemands: DEMANDS },
  generic: GENERIC,
};
