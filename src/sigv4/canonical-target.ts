import { decodePercent, encodePath } from '../s3/percent.ts';
import { parseQuery } from '../s3/query.ts';

/**
 * What is encoded as SigV4 wants it: the unreserved characters as they are, all others as escapes in upper case. In a path
 * an escaped slash is a slash.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#uriencode
 */
const STRICT_PATH =
  /^[A-Za-z0-9\-._~/]*(?:%(?:[0189A-F][0-9A-F]|2[0-9A-C]|3[A-F]|[46]0|5[B-E]|7[B-DF])[A-Za-z0-9\-._~/]*)*$/;
const STRICT_QUERY =
  /^[A-Za-z0-9\-._~&=]*(?:%(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|[46]0|5[B-E]|7[B-DF])[A-Za-z0-9\-._~&=]*)*$/;

/** @throws S3Error InvalidURI for what is no encoded path */
export function canonicalPath(path: string): string {
  return STRICT_PATH.test(path) ? path : encodePath(decodePercent(path, { plusIsSpace: false }));
}

/**
 * Sorted by name, each with its `=`.
 * @throws S3Error InvalidURI, InvalidArgument for what is no encoded query
 */
export function canonicalQuery(query: string): string {
  if (query === '') return '';
  if (!STRICT_QUERY.test(query)) return parseQuery(query).canonical();
  if (!query.includes('&')) return withEquals(query);
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => ({ name: nameOf(part), parameter: withEquals(part) }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ parameter }) => parameter)
    .join('&');
}

function nameOf(part: string): string {
  const equals = part.indexOf('=');
  return equals < 0 ? part : part.slice(0, equals);
}

function withEquals(part: string): string {
  const equals = part.indexOf('=');
  return equals < 0
    ? `${part}=`
    : `${part.slice(0, equals + 1)}${part.slice(equals + 1).replaceAll('=', '%3D')}`;
}
