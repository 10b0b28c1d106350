import { S3Error } from '../s3/errors.ts';
import { type Call, headerOf } from './call.ts';
import { echoManaged } from './ssec.ts';
import type { Attributes, ObjectVersion } from './store/model.ts';
import { tagsFromHeader } from './tags.ts';

/** What S3 keeps of a write's headers and returns with the object, besides `x-amz-meta-*`. */
const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** Headers for features that the sandbox doesn't have. Ignoring them would promise the feature. */
const UNSUPPORTED = [
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'OUTPOSTS',
  'GLACIER_IR',
  'SNOW',
  'EXPRESS_ONEZONE',
  'FSX_OPENZFS',
  'FSX_ONTAP',
];
const CANNED_ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
];

/** The headers and tags that a write gives its object. Values keep their bytes: one character per byte. */
export function readAttributes(call: Call): Attributes {
  const unsupported = UNSUPPORTED.find((name) => headerOf(call, name) !== undefined);
  if (unsupported !== undefined) {
    throw new S3Error(
      'NotImplemented',
      `A header you provided implies functionality that is not implemented`,
      {
        fields: { Header: unsupported },
      },
    );
  }
  refuseUnknown(call);
  return { headers: readHeaders(call), tags: tagsFromHeader(headerOf(call, 'x-amz-tagging')) };
}

function refuseUnknown(call: Call): void {
  const storageClass = headerOf(call, 'x-amz-storage-class');
  if (storageClass !== undefined && !STORAGE_CLASSES.includes(storageClass))
    throw new S3Error('InvalidStorageClass', 'The storage class you specified is not valid');
  const acl = headerOf(call, 'x-amz-acl');
  if (acl === undefined || CANNED_ACLS.includes(acl)) return;
  throw new S3Error('InvalidArgument', 'The canned ACL you specified is not valid', {
    fields: { ArgumentName: 'x-amz-acl', ArgumentValue: acl },
  });
}

/** The response headers that describe an object, SSE-C aside. */
export function describe(version: ObjectVersion): Record<string, string> {
  return {
    ...version.headers,
    ETag: `"${version.etag}"`,
    'Last-Modified': version.modified.toUTCString(),
    'Accept-Ranges': 'bytes',
    ...echoManaged(version.managed),
    ...(version.appends === undefined
      ? {}
      : { 'x-obs-object-type': 'Appendable', 'x-obs-next-append-position': String(version.size) }),
    ...(version.versionId === 'null' ? {} : { 'x-amz-version-id': version.versionId }),
    ...(version.tags.length === 0 ? {} : { 'x-amz-tagging-count': String(version.tags.length) }),
  };
}

/** The full-object checksum as a response header, if there is one. */
export function checksumHeaders(checksum: ObjectVersion['checksum']): Record<string, string> {
  if (checksum === undefined) return {};
  return {
    [`x-amz-checksum-${checksum.algorithm.toLowerCase()}`]: checksum.value,
    'x-amz-checksum-type': checksum.type,
  };
}

function readHeaders(call: Call): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of KEPT) {
    const value = headerOf(call, name);
    if (value !== undefined) headers[name] = value;
  }
  // The framing of the transfer is not a coding of the object.
  const codings = headers['content-encoding']?.split(',') ?? [];
  const kept = codings
    .filter((coding) => coding.trim() !== 'aws-chunked')
    .join(',')
    .trim();
  if (kept !== '') headers['content-encoding'] = kept;
  else delete headers['content-encoding'];
  const storageClass = headerOf(call, 'x-amz-storage-class');
  if (storageClass !== undefined && storageClass !== 'STANDARD')
    headers['x-amz-storage-class'] = storageClass;
  let size = 0;
  for (const [name, value] of Object.entries(call.headers)) {
    if (!name.startsWith('x-amz-meta-') || typeof value !== 'string') continue;
    headers[name] = value;
    size += name.length - 'x-amz-meta-'.length + value.length;
  }
  if (size <= call.rules.maxMetadata) return headers;
  throw new S3Error('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
    fields: { Size: String(size), MaxSizeAllowed: String(call.rules.maxMetadata) },
  });
}
