/**
 * The headers of OBS's own requests. Sources: the API reference (https://support.huaweicloud.com/intl/en-us/api-obs/) and
 * what its SDKs send.
 */

const STORED =
  'x-amz-acl x-amz-expected-bucket-owner x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp ' +
  'x-amz-grant-write-acp x-amz-request-payer x-amz-storage-class x-amz-website-redirect-location';
const ENCRYPTION =
  'x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id ' +
  'x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key ' +
  'x-amz-server-side-encryption-customer-key-md5';

/** Operation that S3 lacks → headers that S3 has too, by S3's names. */
export const OBS_REQUESTS: Readonly<Record<string, string>> = {
  AppendObject: `${STORED} ${ENCRYPTION}`,
  SetObjectMetadata:
    'x-amz-metadata-directive x-amz-request-payer x-amz-storage-class x-amz-website-redirect-location',
  RenameFile: 'x-amz-request-payer',
  ModifyObject: 'x-amz-request-payer',
  TruncateObject: 'x-amz-request-payer',
};

/** Of a body: hashes that OBS compares, and how fast it may come, in bits a second. */
const OF_A_BODY = [
  'x-obs-checksum-crc64ecma',
  'x-obs-hash-crc64ecma',
  'x-obs-content-sha256',
  'x-obs-traffic-limit',
];
/** The storage class of a bucket, by the name that OBS has for it where it speaks S3. */
export const BUCKET_STORAGE_CLASS = 'x-default-storage-class';
/** After so many days the object is removed. */
const EXPIRES = 'x-obs-expires';
/** Headers of the answer that the object brings: see `persistent-headers.ts`. */
const PERSISTENT = 'x-obs-persistent-headers';
/** More about encryption with keys of the store: the algorithm, and whose project the key is of. */
const OF_STORE_KEYS = ['x-obs-server-side-data-encryption', 'x-obs-sse-kms-key-project-id'];
/** Those stay behind where the proxy gives the key, as all headers of encryption do. */
export const OWN_ENCRYPTION: ReadonlySet<string> = new Set(OF_STORE_KEYS);
/** What a bucket is made of. */
const OF_A_BUCKET = [
  'x-obs-az-redundancy',
  'x-obs-bucket-redundancy',
  'x-obs-epid',
  'x-obs-fs-file-interface',
  'x-obs-fusion-allow-alternative',
  'x-obs-fusion-allow-upgrade',
  'x-obs-grant-full-control-delivered',
  'x-obs-grant-read-delivered',
];

/** Operation → headers that S3 has no counterpart for. Only OBS gets them. */
export const OBS_HEADERS: OwnHeaders = {
  AppendObject: new Set([...OF_A_BODY, ...OF_STORE_KEYS, EXPIRES]),
  CopyObject: new Set([...OF_STORE_KEYS, EXPIRES, PERSISTENT]),
  CreateBucket: new Set([...OF_A_BUCKET, BUCKET_STORAGE_CLASS]),
  CreateMultipartUpload: new Set([...OF_STORE_KEYS, EXPIRES]),
  GetObject: new Set(['x-obs-traffic-limit']),
  ListBuckets: new Set(['x-obs-bucket-type', 'x-obs-location']),
  PutBucketAcl: new Set(OF_A_BUCKET.filter((name) => name.startsWith('x-obs-grant-'))),
  PutObject: new Set([...OF_A_BODY, ...OF_STORE_KEYS, EXPIRES, PERSISTENT]),
  UploadPart: new Set(OF_A_BODY),
};

/** Those that can be sent by anybody: they say nothing of the object, and grant nothing. */
const HARMLESS: ReadonlySet<string> = new Set([...OF_A_BODY, 'x-obs-bucket-type', 'x-obs-location']);
/** What SDKs send beside a signature of AWS in a header, which does not cover it. */
const BESIDE_AWS: ReadonlySet<string> = new Set([
  EXPIRES,
  'x-obs-az-redundancy',
  'x-obs-bucket-redundancy',
  'x-obs-epid',
  'x-obs-fs-file-interface',
  'x-obs-fusion-allow-alternative',
  'x-obs-fusion-allow-upgrade',
]);
const ACTED_UPON: ReadonlySet<string> = new Set(
  Object.values(OBS_HEADERS).flatMap((names) => [...names].filter((name) => name.startsWith('x-obs-'))),
);

/**
 * Must a signature of AWS cover this header of OBS? Who holds a link could otherwise let its object vanish in a day, or bring
 * headers into the answers of others.
 * @param place of the signature
 */
export function mustBeSigned(name: string, place: 'header' | 'query'): boolean {
  return ACTED_UPON.has(name) && !HARMLESS.has(name) && !(place === 'header' && BESIDE_AWS.has(name));
}

/** Operation → headers of a store's own that go on to it, in lower case. */
export type OwnHeaders = Readonly<Record<string, ReadonlySet<string>>>;

/** Has any operation of OBS this header, of those that S3 has no counterpart for? */
export function isOfObs(name: string): boolean {
  return Object.values(OBS_HEADERS).some((names) => names.has(name));
}
