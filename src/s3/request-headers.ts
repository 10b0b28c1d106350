import { MODEL_ANSWERS, MODEL_REQUESTS } from './model-headers.ts';

/**
 * Which headers of a client a store gets: a list for each operation, made once. What is in none stays here. A store
 * may act upon a header that nobody thought of, with the proxy's credentials behind it: an append, a copy, an address that its
 * policies take for the client's.
 */

/**
 * Of HTTP: https://www.rfc-editor.org/rfc/rfc9110, with those that policies and CORS rules of stores read. Not `Date` and
 * `Host`, which are set anew; not `Content-Range`, with which a PUT would write a part of an object; not `Accept`.
 */
const STANDARD = words(
  'accept-encoding cache-control content-disposition content-encoding content-language content-length ' +
    'content-md5 content-type expires if-match if-modified-since if-none-match if-range if-unmodified-since range ' +
    'origin access-control-request-method access-control-request-headers referer user-agent',
);

/** Of SigV4 and its chunks: each of them is read here, and what is sent on says it anew. */
const OF_THE_BODY = words(
  'x-amz-content-sha256 x-amz-decoded-content-length x-amz-trailer x-amz-sdk-checksum-algorithm ' +
    'x-amz-checksum-algorithm x-amz-checksum-type',
);
/** The model has them where an SDK has a field for one; SDKs compute them for every document. */
const CHECKSUMS = words(MODEL_REQUESTS['PutObject'] ?? '').filter((name) =>
  name.startsWith('x-amz-checksum-'),
);
/** `x-amz-te: append-md5` is how AWS's SDK for Java asks for a digest behind what it reads. */
const OF_A_READ = words('x-amz-checksum-mode x-amz-te');

/** What the model has and is not done here, with the reason. */
export const NOT_DONE: ReadonlyMap<string, string> = new Map([
  ['x-amz-write-offset-bytes', 'An object can not be appended to under an SSE-C key. Write it as a whole'],
]);

interface Row {
  readonly name: string;
  readonly method: string;
}

/** The names in lower case, but for metadata. */
export function sentHeaders({ name, method }: Row): ReadonlySet<string> {
  const modelled = words(MODEL_REQUESTS[name] ?? '').filter((one) => !NOT_DONE.has(one));
  if (method === 'OPTIONS') return new Set(STANDARD);
  if (method === 'GET' || method === 'HEAD') return new Set([...STANDARD, ...modelled, ...OF_A_READ]);
  return new Set([...STANDARD, ...modelled, ...OF_THE_BODY, ...CHECKSUMS]);
}

/** Does the operation give an object `x-amz-meta-*`? */
export function takesMetadata({ name }: Row): boolean {
  return WITH_METADATA.has(name);
}

const WITH_METADATA: ReadonlySet<string> = new Set(['PutObject', 'CopyObject', 'CreateMultipartUpload']);

/**
 * What nobody is refused for: where it is not sent, S3 would not have heeded it either. Some clients copy the headers of
 * an answer into a request (s3cmd does when it changes an object in place), and what stands in front of the proxy adds its own.
 */
export const HARMLESS: ReadonlySet<string> = new Set(
  [
    ...STANDARD,
    ...Object.values(MODEL_REQUESTS).flatMap(words),
    ...words(MODEL_ANSWERS),
    ...OF_THE_BODY,
    ...OF_A_READ,
    // Replaced or kept here.
    ...words('authorization host date expect connection x-amz-date x-amz-security-token'),
    // SDKs, about themselves; CloudFront, about the request.
    ...words('amz-sdk-invocation-id amz-sdk-request x-amz-user-agent x-amz-cf-id accept'),
    // Of answers beyond the model: S3's, Ceph's, MinIO's and OBS's.
    ...words(
      'x-amz-id-2 x-amz-request-id x-amz-transfer-encoding x-rgw-object-type x-rgw-next-append-position ' +
        'x-rgw-replicated-from x-rgw-replicated-at x-rgw-bytes-used x-rgw-object-count ' +
        'x-minio-deployment-id x-minio-error-code x-minio-error-desc x-obs-id-2 x-obs-request-id',
    ),
  ].filter((name) => !NOT_DONE.has(name)),
);

/**
 * Names under which other vendors, or the stores themselves, have what S3 has under `x-amz-`, and more: some stores read
 * them beside a signature of AWS's kind (OBS's SDKs send theirs so), others among themselves.
 */
export const OTHER_VENDORS =
  /^(?:x-(?:obs|hws|oss|acs|goog|minio|rustfs|rgw|dho|object|container|account|cos|bce|kss|tos|nos|qn|qs|jss|jdcloud|ufile|ctyun|ms|bz|emc|hcp|ntap|gmt|scal|storj|tigris|wasabi|archive|seaweedfs|garage|ibm|yc)-|seaweed-|ibm-|s3-(?:is|identity)-)/;

/** Lists, which may stand on several lines: joined with commas they are the same list. */
export const LISTS: ReadonlySet<string> = new Set([
  'x-amz-object-attributes',
  'x-amz-optional-object-attributes',
  'x-amz-trailer',
  ...words(MODEL_REQUESTS['PutBucketAcl'] ?? '').filter((name) => name.startsWith('x-amz-grant-')),
]);

function words(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}
