/**
 * What becomes of a request header that begins with the prefix: `taken` is carried out; `heard` is accepted and changes
 * nothing here; `missing` is a feature that the sandbox lacks (501). Any other is an error (400): OBS may ignore it, but
 * no page says so, and a proxy in front should not send it.
 */
export type Fate = 'taken' | 'heard' | 'missing';

const SSEC = 'server-side-encryption-customer-';
const COPY_SSEC = 'copy-source-server-side-encryption-customer-';

/** Behind `x-obs-` and behind `x-amz-`, in lower case. Each list with the pages of the API reference that it is from. */
const SHARED: readonly (readonly [Fate, string])[] = [
  // obs_04_0107 (SSE-C), obs_04_0109 (SSE-KMS), obs_04_0106 (SSE-OBS)
  ['taken', `${SSEC}algorithm ${SSEC}key ${SSEC}key-md5`],
  ['taken', `${COPY_SSEC}algorithm ${COPY_SSEC}key ${COPY_SSEC}key-md5`],
  ['taken', 'server-side-encryption'],
  ['missing', 'sse-kms-key-project-id server-side-data-encryption'],
  // obs_04_0080 (PutObject), obs_04_0082 (CopyObject), obs_04_0100 (CopyPart), obs_04_0091 (SetObjectMetadata)
  ['taken', 'acl storage-class copy-source copy-source-range metadata-directive tagging tagging-directive'],
  ['taken', 'copy-source-if-match copy-source-if-none-match'],
  ['taken', 'copy-source-if-modified-since copy-source-if-unmodified-since'],
  ['missing', 'website-redirect-location object-lock-mode object-lock-retain-until-date'],
  ['missing', 'grant-read grant-read-acp grant-write grant-write-acp grant-full-control'],
  // obs_04_0010 (signature), obs_04_0012 (temporary credentials)
  ['heard', 'date'],
  ['missing', 'security-token'],
  // obs_04_0021 (CreateBucket): rclone sends it with false
  ['taken', 'bucket-object-lock-enabled'],
  // obs_04_0084: who pays for a request
  ['heard', 'request-payer'],
];

const OBS_ONLY: readonly (readonly [Fate, string])[] = [
  ['taken', 'persistent-headers expires'],
  ['missing', 'server-side-encryption-kms-key-id grant-read-delivered grant-full-control-delivered'],
  [
    'missing',
    'callback success-action-redirect content-sha256 checksum-crc64ecma hash-crc64ecma traffic-limit',
  ],
  // obs_04_0021 (CreateBucket), obs_04_0020 (ListBuckets)
  ['heard', 'location az-redundancy epid'],
  ['taken', 'bucket-type'],
  ['missing', 'fs-file-interface symlink-target'],
];

const AWS_ONLY: readonly (readonly [Fate, string])[] = [
  ['missing', 'server-side-encryption-aws-kms-key-id server-side-encryption-context'],
  // Of V4, and of AWS's own SDKs.
  ['heard', 'content-sha256 decoded-content-length user-agent'],
];

/** What the SDKs send as `x-obs-` beside a signature of AWS: `convertor.Adapter` of esdk-obs-python, `V2Headers` of the one for Java. */
const BESIDE_AWS: readonly (readonly [Fate, string])[] = [
  ['taken', 'expires bucket-type'],
  ['heard', 'az-redundancy'],
  ['missing', 'fs-file-interface'],
];

export const OBS_HEADERS = index(SHARED, OBS_ONLY);
export const AWS_HEADERS = index(SHARED, AWS_ONLY);
export const OBS_BESIDE_AWS = index(BESIDE_AWS);

function index(...lists: readonly (readonly (readonly [Fate, string])[])[]): ReadonlyMap<string, Fate> {
  return new Map(
    lists.flat().flatMap(([fate, names]) => names.split(' ').map((name) => [name, fate] as const)),
  );
}
