import { MODEL_ANSWERS, MODEL_REQUESTS } from './model-headers.ts';
import { OBS_REQUESTS } from './obs-headers.ts';

/**
 * The headers of a client that go on to the store: one list per operation, made once. What is in none stays here: a
 * store may act on a header that nobody thought of, with the proxy's credentials. It appends, copies, or takes an address
 * in its policies for the client's.
 */

/**
 * Those of HTTP (https://www.rfc-editor.org/rfc/rfc9110), with those that policies and CORS rules of stores read. Not
 * `Date` and `Host`, which the proxy sets; not `Content-Range`, by which a PUT would write a part of an object.
 */
const STANDARD = words(
  'accept-encoding cache-control content-disposition content-encoding content-language content-length ' +
    'content-md5 content-type expires if-match if-modified-since if-none-match if-range if-unmodified-since range ' +
    'origin access-control-request-method access-control-request-headers referer user-agent',
);

/** Those of SigV4, its chunks and checksums, which SDKs send with operations whose model does not have them. */
const OF_THE_BODY = words(
  'x-amz-content-sha256 x-amz-decoded-content-length x-amz-trailer x-amz-sdk-checksum-algorithm ' +
    'x-amz-checksum-algorithm x-amz-checksum-type',
);
/** The model has them only where an SDK has a field for one. SDKs compute them for every document. */
const CHECKSUMS = words(MODEL_REQUESTS['PutObject'] ?? '').filter((name) =>
  name.startsWith('x-amz-checksum-'),
);
/** `x-amz-te: append-md5` is how AWS's SDK for Java asks for a digest behind what it reads. */
const OF_A_READ = words('x-amz-checksum-mode x-amz-te');

/** Headers of the model that the proxy refuses, with the reason. */
export const NOT_DONE: ReadonlyMap<string, string> = new Map([
  ['x-amz-write-offset-bytes', 'An object cannot be appended to under an SSE-C key. Write it as a whole'],
  [
    'x-obs-callback',
    'The store would call an address of the client, and its answer would be that of somebody else. Call it from the client',
  ],
]);

interface Row {
  readonly name: string;
  readonly method: string;
}

/** The headers of a client that go on to the store, in lower case; metadata is not among them. */
export function sentHeaders({ name, method }: Row): ReadonlySet<string> {
  const modelled = words(MODEL_REQUESTS[name] ?? OBS_REQUESTS[name] ?? '').filter(
    (one) => !NOT_DONE.has(one),
  );
  if (method === 'OPTIONS') return new Set(STANDARD);
  if (method === 'GET' || method === 'HEAD') return new Set([...STANDARD, ...modelled, ...OF_A_READ]);
  return new Set([...STANDARD, ...modelled, ...OF_THE_BODY, ...CHECKSUMS]);
}

/** Does the operation give an object `x-amz-meta-*`? */
export function takesMetadata({ name }: Row): boolean {
  return WITH_METADATA.has(name);
}

const WITH_METADATA: ReadonlySet<string> = new Set([
  'PutObject',
  'CopyObject',
  'CreateMultipartUpload',
  'AppendObject',
  'SetObjectMetadata',
]);

/**
 * Headers that ask S3 for something, and that this operation of OBS does not have, in lower case. The operations of S3 leave
 * such ones out, as S3 does; of OBS nobody documents what it does with them.
 */
export function misplacedHeaders(row: Row): ReadonlySet<string> {
  if (OBS_REQUESTS[row.name] === undefined) return NONE;
  const sends = sentHeaders(row);
  return new Set([...ASKING].filter((name) => !sends.has(name)));
}

const NONE: ReadonlySet<string> = new Set();

const ASKING: ReadonlySet<string> = new Set(
  Object.values(MODEL_REQUESTS)
    .flatMap(words)
    .filter((name) => name.startsWith('x-amz-')),
);

/**
 * Headers that no request is refused for. S3 ignores them where the proxy does not send them on. Some clients copy the
 * headers of an answer into a request (s3cmd, when it changes an object in place), and gateways add their own.
 */
export const HARMLESS: ReadonlySet<string> = new Set(
  [
    ...STANDARD,
    ...Object.values(MODEL_REQUESTS).flatMap(words),
    ...words(MODEL_ANSWERS),
    ...OF_THE_BODY,
    ...OF_A_READ,
    // The proxy's own business.
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
 * Headers of other vendors, and of stores among themselves. Some stores read them in a request with a signature of AWS's
 * kind (the SDKs of OBS send such requests): they can be a copy, an ACL or a replication.
 */
export const OTHER_VENDORS =
  /^(?:x-(?:obs|hws|oss|acs|goog|minio|rustfs|rgw|dho|object|container|account|cos|bce|kss|tos|nos|qn|qs|jss|jdcloud|ufile|ctyun|ms|bz|emc|hcp|ntap|gmt|scal|storj|tigris|wasabi|archive|seaweedfs|garage|ibm|yc)-|seaweed-|ibm-|s3-(?:is|identity)-)/;

/** Lists. On several lines they mean the same as joined with commas. */
export const LISTS: ReadonlySet<string> = new Set([
  'x-amz-object-attributes',
  'x-amz-optional-object-attributes',
  'x-amz-trailer',
  ...words(MODEL_REQUESTS['PutBucketAcl'] ?? '').filter((name) => name.startsWith('x-amz-grant-')),
]);

function words(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}
