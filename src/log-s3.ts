import type { RequestFields } from './log-line.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The kinds of resources that S3 names in its logs; of other operations it is the bucket or the object. */
const RESOURCES: Readonly<Record<string, string>> = {
  UploadPart: 'PART',
  UploadPartCopy: 'PART_COPY',
  CreateMultipartUpload: 'UPLOADS',
  CompleteMultipartUpload: 'UPLOAD',
  AbortMultipartUpload: 'UPLOAD',
  ListParts: 'UPLOAD',
  ListMultipartUploads: 'UPLOADS',
  CopyObject: 'OBJECT_COPY',
  DeleteObjects: 'MULTI_OBJECT_DELETE',
  ListBuckets: 'SERVICE',
  ListObjectVersions: 'BUCKETVERSIONS',
};

/** What is not known, or not applicable. */
const NONE = '-';

/**
 * The line of a request as S3 writes its server access logs, field by field:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 * The target is without its query, which may hold a signature.
 */
export function requestS3(now: Date, fields: RequestFields): string {
  const { bucket, objectKey, method = NONE, status, tls, code } = fields;
  const key = objectKey === undefined ? NONE : encodeKey(objectKey);
  const path =
    bucket === undefined ? (fields.path ?? '/') : `/${bucket}/${objectKey === undefined ? '' : key}`;
  return `${[
    NONE, // bucket owner
    word(bucket),
    `[${timeOf(now)}]`,
    word(fields.remote),
    // Who only claims to be somebody is nobody here, as in the logs of S3.
    word(fields.client),
    word(fields.id),
    `REST.${word(method)}.${resourceOf(fields)}`,
    key,
    quoted(`${method} ${path} HTTP/1.1`),
    status ?? NONE,
    word(code),
    fields.bytesOut ?? NONE,
    NONE, // object size
    Math.round(fields.ms ?? 0),
    fields.firstByteMs === undefined ? NONE : Math.round(fields.firstByteMs),
    NONE, // referer
    fields.userAgent === undefined ? NONE : quoted(fields.userAgent),
    NONE, // version id
    word(fields.upstreamRequestId),
    NONE, // signature version
    NONE, // cipher suite
    NONE, // authentication type
    NONE, // host header
    word(tls),
    NONE, // access point
    NONE, // whether an ACL was required
  ].join(' ')}\n`;
}

function resourceOf({ op = '', objectKey, bucket }: RequestFields): string {
  if (Object.hasOwn(RESOURCES, op)) return RESOURCES[op] ?? NONE;
  if (objectKey !== undefined) return 'OBJECT';
  return bucket === undefined ? 'SERVICE' : 'BUCKET';
}

/** `06/Feb/2019:00:00:38 +0000` */
function timeOf(now: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${two(now.getUTCDate())}/${MONTHS[now.getUTCMonth()]}/${now.getUTCFullYear()}`;
  return `${day}:${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())} +0000`;
}

/** Without a space, so that it stays one field. */
function word(text: string | undefined): string {
  return text === undefined || text === '' ? NONE : encodeKey(text);
}

function encodeKey(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%2F', '/').replaceAll('%3A', ':');
}

/** A quotation mark in it would end the field. */
function quoted(text: string): string {
  return `"${text.replace(/[^ !#-~]/g, (one) => encodeURIComponent(one.toWellFormed()))}"`;
}
