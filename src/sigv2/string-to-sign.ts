import type { WireHeaders } from '../s3/headers.ts';
import { OPERATIONS } from '../s3/operations.ts';
import type { Query } from '../s3/query.ts';
import { pathOf, type Target } from '../s3/target.ts';

/** A request as SigV2 sees it. */
export interface SignedV2 {
  readonly method: string;
  readonly target: Target;
  /** As received, in the client's own encoding. */
  readonly rawTarget: string;
  readonly headers: WireHeaders;
  /** The line of the date: the Date header, or when a presigned URL expires. */
  readonly date: string;
}

/** They choose an operation, but no client signs them. They lead to nothing that the caller may not do anyway. */
const NEVER_SIGNED: ReadonlySet<string> = new Set(['id', 'list-type']);

/**
 * The parameters that are part of the canonical resource: those that S3 documents, and every other that chooses an
 * operation here, so that nobody can turn one signed request into another. The first lists have those of boto and AWS
 * that choose no operation.
 */
const SIGNED_PARAMETERS: ReadonlySet<string> = new Set([
  ...'defaultObjectAcl storageClass select-type versionId partNumber uploadId'.split(' '),
  ...'cache-control content-disposition content-encoding content-language content-type expires'
    .split(' ')
    .map((name) => `response-${name}`),
  ...OPERATIONS.flatMap(({ query }) => query.map((condition) => condition.split('=')[0] ?? '')).filter(
    (name) => !NEVER_SIGNED.has(name),
  ),
]);

/**
 * The texts that a client may have signed, one character a byte. There are several because clients differ in how they
 * encode a path and write an empty parameter; all of them mean this one request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#ConstructingTheAuthenticationHeader
 */
export function stringsToSign({ method, target, rawTarget, headers, date }: SignedV2): readonly string[] {
  const head = [
    method,
    headers.single('content-md5')?.trim() ?? '',
    headers.single('content-type')?.trim() ?? '',
    date,
    '',
  ].join('\n');
  const amz = amzHeaders(headers);
  const resources = pathsOf(rawTarget, target).flatMap((path) =>
    parametersOf(target.query).map((parameters) => `${path}${parameters}`),
  );
  return [...new Set(resources)].map((resource) => `${head}${amz}${resource}`);
}

function amzHeaders(headers: WireHeaders): string {
  return [...headers.entries()]
    .filter(([name]) => name.startsWith('x-amz-'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => `${name}:${values.map((value) => value.trim()).join(',')}\n`)
    .join('');
}

/**
 * The path as received, and strictly encoded; the path of a bucket with the slash that many clients sign and few send, and
 * without. In addition, what boto3 1.26 signs by mistake if the operation's path has a query of its own (`?uploads`): the
 * path with that query, followed by the signed parameters again.
 */
function pathsOf(rawTarget: string, target: Target): readonly string[] {
  const [rawPath = '', rawQuery = ''] = rawTarget.split('?', 2);
  const paths = [rawPath, target.canonicalPath].map((path) => withBucket(path, target));
  if (target.shape === 'bucket') paths.push(`/${target.bucket}`, `/${target.bucket}/`);
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
function parametersOf(query: Query): readonly string[] {
  const known = query.parameters.filter(({ name }) => SIGNED_PARAMETERS.has(name));
  // A sub-resource that nobody knows here: its signer is told that there is none, not that the signature is wrong.
  const more = query.parameters.filter(({ name, value }) => SIGNED_PARAMETERS.has(name) || value === '');
  return (known.length === more.length ? [known] : [known, more]).flatMap((signed) => [
    joined(signed, ({ hasEquals }) => hasEquals),
    joined(signed, ({ value }) => value !== ''),
  ]);
}

type Parameter = Query['parameters'][number];

function joined(signed: readonly Parameter[], withEquals: (parameter: Parameter) => boolean): string {
  const parts = signed
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((one) => (withEquals(one) ? `${one.name}=${wire(one.value)}` : one.name));
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
