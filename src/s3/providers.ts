/**
 * What the stores do differently: data, a row a store, never branches. Sources: AWS, MinIO, OBS, Garage and
 * SeaweedFS from their documentation and sources; Ceph as observed on RGW 16.2.15. `generic` is the safe choice
 * for every figure; a figure that nobody has seen on the real store says "unverified".
 */
export interface Provider {
  readonly name: ProviderName;
  /** Does CopyObject and UploadPartCopy decrypt the source and encrypt the copy as the headers say? */
  readonly copiesSsec: boolean;
  /** May CompleteMultipartUpload and ListParts carry the SSE-C headers? */
  readonly trioOnComplete: boolean;
  /** Statuses that a read answers when the SSE-C key is not the object's. */
  readonly wrongKeyStatus: readonly number[];
  /** What a bucket is put into when the config does not say: the path or the host name. */
  readonly addressing: 'path' | 'virtual';
  /**
   * Injected writes whose answer does not echo the SSE-C headers, and how many of them are proven by a HEAD without
   * the key instead: a share of 1.
   */
  readonly withoutEcho: { readonly operations: readonly string[]; readonly headShare: number };
  /**
   * Operations on a sub-resource of an object that the store knows. Others are not sent: a store that does not know
   * the query may take them for a PutObject or a DeleteObject.
   */
  readonly subresourceWrites: readonly string[];
  /** Does it take `STREAMING-UNSIGNED-PAYLOAD-TRAILER`? Else bodies are sent decoded, their checksum checked here. */
  readonly trailers: boolean;
  /** Which hashes of a body the store itself checks before it stores anything; the others are checked here. */
  readonly checks: { readonly sha256: boolean; readonly md5: boolean; readonly checksums: boolean };
  /** Does the store fold `//`, `.` or `..` in object keys? Then a rule or a permission could be walked around. */
  readonly normalisesKeys: boolean;
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

const ALL_ECHO = { operations: [], headShare: 0 };
const CHECKS_NOTHING = { sha256: false, md5: false, checksums: false };
const CHECKS_ALL = { sha256: true, md5: true, checksums: true };
const TAGS = ['PutObjectTagging', 'DeleteObjectTagging'];
const LOCKS = ['PutObjectRetention', 'PutObjectLegalHold'];

const GENERIC: Provider = {
  name: 'generic',
  copiesSsec: false,
  trioOnComplete: true,
  wrongKeyStatus: [400, 403],
  addressing: 'path',
  withoutEcho: ALL_ECHO,
  subresourceWrites: [],
  trailers: false,
  checks: CHECKS_NOTHING,
  normalisesKeys: true,
};

/** As observed: `?annotation`, `?renameObject` and `?encryption` on an object are a plain PutObject to it. */
const CEPH: Provider = {
  ...GENERIC,
  name: 'ceph',
  // Plain → SSE-C copies answer 200 and store plaintext; copies of SSE-C objects answer 501.
  copiesSsec: false,
  wrongKeyStatus: [400],
  subresourceWrites: ['PutObjectAcl', ...TAGS, ...LOCKS],
  // STREAMING-*-TRAILER is 400 XAmzContentSHA256Mismatch; a wrong x-amz-checksum-* is ignored.
  trailers: false,
  checks: { sha256: true, md5: true, checksums: false },
  normalisesKeys: false,
};

export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  aws: {
    ...GENERIC,
    name: 'aws',
    copiesSsec: true,
    wrongKeyStatus: [403],
    addressing: 'virtual',
    // UpdateObjectEncryption answers 400 for SSE-C objects, annotations don't exist for them.
    subresourceWrites: ['PutObjectAcl', ...TAGS, ...LOCKS, 'RestoreObject', 'SelectObjectContent'],
    trailers: true,
    checks: CHECKS_ALL,
    normalisesKeys: false,
  },
  ceph: CEPH,
  minio: {
    ...GENERIC,
    name: 'minio',
    copiesSsec: true,
    wrongKeyStatus: [403],
    subresourceWrites: ['PutObjectAcl', ...TAGS, ...LOCKS, 'RestoreObject', 'SelectObjectContent'],
    trailers: true,
    checks: CHECKS_ALL,
    // MinIO refuses such object keys instead of folding them.
    normalisesKeys: false,
  },
  // OBS documents no SSE-C headers on Complete; its status for a wrong key, its copies and the rest are unverified.
  obs: { ...GENERIC, name: 'obs', trioOnComplete: false, addressing: 'virtual' },
  // Copies are unverified. Tags, ACLs and locks don't exist there.
  garage: { ...GENERIC, name: 'garage', wrongKeyStatus: [400], normalisesKeys: false },
  // Copies are unverified. `//` is folded.
  seaweedfs: { ...GENERIC, name: 'seaweedfs', wrongKeyStatus: [403], subresourceWrites: TAGS },
  // Hetzner runs Ceph and says that it can't copy SSE-C objects; the status of a wrong key is unverified.
  hetzner: { ...CEPH, name: 'hetzner', wrongKeyStatus: [400, 403] },
  generic: GENERIC,
};
