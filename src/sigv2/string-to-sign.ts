import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';
import { pathOf, type Target } from '../s3/target.ts';
import { trimmed } from '../s3/trim.ts';
import type { Scheme } from './scheme.ts';

/** A request as SigV2 sees it. */
export interface SignedV2 {
  readonly method: string;
  readonly target: Target;
  /** As received, in the client's own encoding. */
  readonly rawTarget: string;
  readonly headers: WireHeaders;
  /** What the line of the date may say: the Date header, nothing, or when a presigned URL expires. */
  readonly dates: readonly string[];
  /** The host name that stands in the path in the place of the bucket: a custom domain of it. */
  readonly customDomain?: string | undefined;
}

/**
 * The texts that a client may have signed, one character a byte. There are several because clients differ in how they
 * encode a path and write an empty parameter; all of them mean this one request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#ConstructingTheAuthenticationHeader
 */
export function stringsToSign(signed: SignedV2, scheme: Scheme): readonly string[] {
  const { method, target, headers } = signed;
  const fields = prefixedHeaders(headers.entries(), scheme);
  const resources = [
    ...new Set(
      pathsOf(signed, scheme).flatMap((path) =>
        parametersOf(target, scheme).map((parameters) => `${path}${parameters}`),
      ),
    ),
  ];
  return signed.dates.flatMap((date) => {
    const head = headOf({
      method,
      md5: headers.single('content-md5'),
      type: headers.single('content-type'),
      date,
    });
    return resources.map((resource) => `${head}${fields}${resource}`);
  });
}

interface Head {
  readonly method: string;
  readonly md5: string | undefined;
  readonly type: string | undefined;
  readonly date: string;
}

/** The lines before those of the headers. */
export function headOf({ method, md5 = '', type = '', date }: Head): string {
  return `${method}\n${trimmed(md5)}\n${trimmed(type)}\n${date}\n`;
}

/** A line each, sorted. @param fields names in lower case */
function prefixedHeaders(
  fields: Iterable<readonly [string, readonly string[]]>,
  { prefix }: Pick<Scheme, 'prefix'>,
): string {
  return [...fields]
    .filter(([name]) => name.startsWith(prefix))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => `${name}:${values.map((value) => trimmed(value)).join(',')}\n`)
    .join('');
}

/**
 * The path as received, and strictly encoded; the path of a bucket with the slash that many clients sign and few send, and
 * without. In addition, what boto3 1.26 signs by mistake if the operation's path has a query of its own (`?uploads`): the
 * path with that query, followed by the signed parameters again.
 */
function pathsOf({ rawTarget, target, customDomain }: SignedV2, { ownQuery }: Scheme): readonly string[] {
  const mark = rawTarget.indexOf('?');
  const [rawPath, rawQuery] =
    mark < 0 ? [rawTarget, ''] : [rawTarget.slice(0, mark), rawTarget.slice(mark + 1)];
  const paths = [rawPath, target.canonicalPath].map((path) => withBucket(path, target));
  if (target.shape === 'bucket') paths.push(`/${target.bucket}`, `/${target.bucket}/`);
  if (customDomain !== undefined) paths.push(`/${customDomain}${rawPath}`);
  if (!ownQuery) return paths;
  const own = rawQuery.split('&', 1)[0] ?? '';
  return own === '' ? paths : [...paths, ...paths.map((path) => `${path}?${own}`)];
}

/** "…the bucket name if the request specifies it using the Host header": `/bucket/key` either way. */
function withBucket(path: string, target: Target): string {
  const plain = pathOf(target);
  const inPath = target.canonicalPath === plain || target.canonicalPath === `${plain}/`;
  return target.shape === 'service' || inPath ? path : `/${target.bucket}${path}`;
}

/** Sorted by name, with decoded values: an empty one with its `=` as received, or without. */
function parametersOf({ query, shape }: Target, scheme: Scheme): readonly string[] {
  // An option of lists at MinIO, whose clients do not sign it. OBS has the name for objects.
  const signs = ({ name, value }: Parameter): boolean =>
    scheme.signs(name) &&
    !(name === 'metadata' && value === 'true' && shape === 'bucket' && scheme.word === 'AWS');
  const known = query.parameters.filter(signs);
  // A sub-resource that nobody knows here: its signer is told that there is none, not that the signature is wrong.
  const more = query.parameters.filter((one) => signs(one) || one.value === '');
  return (known.length === more.length ? [known] : [known, more]).flatMap((signed) => [
    joinedParameters(signed, ({ hasEquals }) => hasEquals),
    joinedParameters(signed, ({ value }) => value !== ''),
  ]);
}

type Parameter = Query['parameters'][number];

/** With a `?` before the first, one character a byte. */
export function joinedParameters(
  signed: readonly Parameter[],
  withEquals: (parameter: Parameter) => boolean,
): string {
  if (signed.length === 0) return '';
  const parts = signed
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((one) => (withEquals(one) ? `${one.name}=${wire(one.value)}` : one.name));
  return `?${parts.join('&')}`;
}

function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Values are signed decoded: `a&versionId=1` as one value is the same text as a value and another parameter. Does a value
 * read so?
 */
export function readsAsParameter(query: Query, scheme: Scheme): boolean {
  return query.parameters.some(
    ({ name, value }) =>
      value.includes('&') &&
      scheme.signs(name) &&
      value
        .split('&')
        .slice(1)
        .some((part) => scheme.signs(part.split('=', 1)[0] ?? '')),
  );
}
