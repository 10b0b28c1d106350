import { S3Error } from './errors.ts';
import { decodePercent, encodePath, PLAIN_PATH } from './percent.ts';
import { NO_QUERY, parseQuery, type Query } from './query.ts';
import { requireValue } from './query-values.ts';

/**
 * The target of a request. The object key is text decoded from valid UTF-8 and is never normalised: `//`, `.`,
 * `..` and a leading slash are part of it.
 */
export type Target = Addressed & { readonly query: Query; readonly canonicalPath: string };

/** The target of a request, without its query. */
export type Addressed =
  | { readonly shape: 'service' }
  | { readonly shape: 'bucket'; readonly bucket: string }
  | { readonly shape: 'object'; readonly bucket: string; readonly objectKey: string };

/** S3's rule for bucket names, plus the upper case and underscores of old buckets, in a path only. */
const HOST_BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PATH_BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/;

/** S3 takes object keys of up to 1024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/**
 * Reads bucket and object key from a raw origin-form target (`/bucket/a%20b?acl`) and the Host header.
 *
 * @param domains lower-case names under which `bucket.<name>` is virtual-host style; any other Host is path style. Of
 *   several that fit, the longest counts, and one of them alone is path style.
 * @param customDomains names that are each the whole address of a bucket; they count before the others
 * @throws S3Error InvalidURI, InvalidBucketName, KeyTooLongError, InvalidArgument
 */
export function parseTarget(
  rawTarget: string,
  host: string | undefined,
  domains: readonly string[],
  customDomains?: CustomDomains,
): Target {
  if (!rawTarget.startsWith('/')) {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI: it must begin with a slash.");
  }
  const custom = customDomains && customDomainOf(host, customDomains);
  const fromHost = custom?.bucket ?? (domains.length === 0 ? undefined : hostBucket(host, domains));
  // Most are a path that means itself, with no query.
  if (PLAIN_PATH.test(rawTarget))
    return { ...address(rawTarget, fromHost), query: NO_QUERY, canonicalPath: rawTarget };
  const mark = rawTarget.indexOf('?');
  const path = decodePercent(mark < 0 ? rawTarget : rawTarget.slice(0, mark), { plusIsSpace: false });
  const query = parseQuery(mark < 0 ? '' : rawTarget.slice(mark + 1));
  return { ...address(path, fromHost), query, canonicalPath: encodePath(path) };
}

/** Lower-case host names, each with the bucket that it addresses. */
export type CustomDomains = ReadonlyMap<string, string>;

/** The custom domain by which a bucket is addressed. */
export function customDomainOf(
  host: string | undefined,
  customDomains: CustomDomains,
): { readonly name: string; readonly bucket: string } | undefined {
  if (host === undefined || customDomains.size === 0) return undefined;
  const name = nameOf(host);
  const bucket = customDomains.get(name);
  return bucket === undefined ? undefined : { name, bucket };
}

/** The bucket and object key as a path of the path style, encoded: `/bucket/a%20b`. */
export function pathOf(target: Addressed): string {
  if (target.shape === 'service') return '/';
  if (target.shape === 'bucket') return `/${target.bucket}`;
  return `/${target.bucket}/${encodePath(target.objectKey)}`;
}

/**
 * The bucket and object key named by a copy source: `bucket/key`, `/bucket/key`, percent-encoded (some clients encode the
 * slashes too), with an optional `?versionId=`. An unencoded `?` that is not followed by `versionId=` is part of the object key.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 * @throws S3Error InvalidArgument, KeyTooLongError
 */
export function parseCopySource(value: string): {
  bucket: string;
  objectKey: string;
  versionId: string | undefined;
  slash: boolean;
} {
  const [, rawPath = '', versionId] = /^(.*?)(?:\?versionId=([^?&]*))?$/s.exec(value) ?? [];
  const path = decodedSource(rawPath);
  const [, bucket = '', objectKey = ''] = /^\/?([^/]+)\/(.+)$/s.exec(path) ?? [];
  if (!PATH_BUCKET.test(bucket)) {
    throw new S3Error(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      { fields: { ArgumentName: 'x-amz-copy-source', ArgumentValue: value } },
    );
  }
  const version = versionId === undefined ? undefined : decodedSource(versionId);
  if (version !== undefined) requireValue({ name: 'versionId', value: version });
  return { bucket, slash: path.startsWith('/'), objectKey: checkLength(objectKey), versionId: version };
}

function decodedSource(text: string): string {
  try {
    return decodePercent(text, { plusIsSpace: false });
  } catch (cause) {
    throw new S3Error('InvalidArgument', 'The x-amz-copy-source header must be URL-encoded UTF-8.', {
      cause,
      fields: { ArgumentName: 'x-amz-copy-source', ArgumentValue: text },
    });
  }
}

function address(path: string, fromHost: string | undefined): Addressed {
  if (fromHost === undefined && path === '/') return { shape: 'service' };
  // The slash before the object key: behind the bucket, or the first one where the host names the bucket.
  const slash = fromHost === undefined ? path.indexOf('/', 1) : 0;
  const named = fromHost ?? path.slice(1, slash < 0 ? undefined : slash);
  const bucket = checkBucket(named, fromHost === undefined ? PATH_BUCKET : HOST_BUCKET);
  const objectKey = slash < 0 ? '' : path.slice(slash + 1);
  return objectKey === ''
    ? { shape: 'bucket', bucket }
    : { shape: 'object', bucket, objectKey: checkLength(objectKey) };
}

function hostBucket(host: string | undefined, domains: readonly string[]): string | undefined {
  if (host === undefined) return undefined;
  const name = nameOf(host);
  if (domains.includes(name)) return undefined;
  const above = domains.filter((candidate) => name.endsWith(`.${candidate}`));
  const domain = above.toSorted((a, b) => b.length - a.length)[0];
  return domain === undefined ? undefined : name.slice(0, -domain.length - 1);
}

/** A Host without its port. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

function checkBucket(bucket: string, allowed: RegExp): string {
  if (allowed.test(bucket)) return bucket;
  throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.', {
    fields: { BucketName: bucket },
  });
}

function checkLength(objectKey: string): string {
  // No character of JavaScript's takes more than three bytes.
  if (3 * objectKey.length <= MAX_KEY_BYTES) return objectKey;
  const length = Buffer.byteLength(objectKey);
  if (length > MAX_KEY_BYTES) requireShortKey(length);
  return objectKey;
}

/** @param length of an object key, in bytes of UTF-8. @throws S3Error KeyTooLongError */
export function requireShortKey(length: number): void {
  if (length <= MAX_KEY_BYTES) return;
  throw new S3Error('KeyTooLongError', `Your key is too long: at most ${MAX_KEY_BYTES} bytes of UTF-8.`, {
    fields: { Size: String(length), MaxSizeAllowed: String(MAX_KEY_BYTES) },
  });
}
