import { S3Error } from '../s3/errors.ts';
import { headerValue } from '../s3/field.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';
import { type Claim, parseCredential, parseSignedHeaders } from './claim.ts';
import { toMilliseconds } from './timestamp.ts';

/** A signature in the query, before it is verified. */
export interface PresignedClaim extends Claim {
  readonly timestamp: string;
  /** Seconds after the timestamp. */
  readonly expires: number;
}

const REQUIRED = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'];
/** Parameters of the signature, which are not sent to the store; names in lower case. */
const OF_THE_SIGNATURE: ReadonlySet<string> = new Set(
  [...REQUIRED, 'Security-Token'].map((name) => `x-amz-${name.toLowerCase()}`),
);
/** Seven days, in seconds. */
const MOST_EXPIRES = 604_800;
const SKEW_MS = 15 * 60 * 1000;

export function isPresigned(query: Query): boolean {
  return query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature') || query.has('X-Amz-Credential');
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @throws S3Error AuthorizationQueryParametersError
 */
export function parsePresigned(query: Query): PresignedClaim {
  if (!REQUIRED.every((name) => query.get(`X-Amz-${name}`))) {
    throw malformed(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  const value = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  if (value('Algorithm') === 'AWS4-ECDSA-P256-SHA256') {
    throw new S3Error(
      'NotImplemented',
      'Signature version 4A is not implemented. Please use AWS4-HMAC-SHA256.',
    );
  }
  if (value('Algorithm') !== 'AWS4-HMAC-SHA256')
    throw malformed('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  if (toMilliseconds(value('Date')) === undefined) {
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  if (!/^[0-9a-f]{64}$/.test(value('Signature'))) throw malformed('X-Amz-Signature must be 64 hex digits');
  return {
    ...parseCredential(value('Credential'), malformed),
    signedHeaders: parseSignedHeaders(value('SignedHeaders'), malformed),
    signature: value('Signature'),
    timestamp: value('Date'),
    expires: parseExpires(value('Expires')),
  };
}

/** @throws S3Error AccessDenied before and after its time */
export function checkExpiry({ timestamp, expires }: PresignedClaim, now: Date): void {
  const from = toMilliseconds(timestamp) ?? Number.NaN;
  const until = from + expires * 1000;
  const fields = { ServerTime: now.toISOString() };
  if (!(now.getTime() >= from - SKEW_MS)) {
    throw new S3Error('AccessDenied', 'Request is not valid yet', {
      reason: `the link is of ${Math.round((from - now.getTime()) / 1000)} seconds from now: compare the clocks`,
      fields,
    });
  }
  if (now.getTime() <= until) return;
  throw new S3Error('AccessDenied', 'Request has expired', {
    reason: `the link has expired ${Math.round((now.getTime() - until) / 1000)} seconds ago`,
    fields: { ...fields, 'X-Amz-Expires': String(expires), Expires: new Date(until).toISOString() },
  });
}

/**
 * The request for the store: without the parameters of the signature, and with hoisted parameters as headers again, unless
 * that header exists. `X-Amz-Content-Sha256` is one of them: its statement about the body was signed.
 */
export function withoutSignature(query: Query, headers: WireHeaders): { query: Query; headers: WireHeaders } {
  const hoisted: Record<string, string> = {};
  let any = false;
  for (const { name, value } of query.parameters) {
    const lower = name.toLowerCase();
    if (!lower.startsWith('x-amz-') || OF_THE_SIGNATURE.has(lower)) continue;
    const field = headerValue(lower, value, 'query parameter');
    if (Object.hasOwn(hoisted, lower)) throw given(lower);
    if (headers.has(lower)) continue;
    hoisted[lower] = field;
    any = true;
  }
  const rest = query.without((name) => name.toLowerCase().startsWith('x-amz-'));
  return { query: rest, headers: any ? headers.with(hoisted) : headers };
}

function given(name: string): S3Error {
  return new S3Error(
    'InvalidArgument',
    `The query parameter ${name} is given in upper and in lower case; give it once.`,
  );
}

function parseExpires(text: string): number {
  if (!/^-?\d+$/.test(text)) throw malformed('X-Amz-Expires should be a number');
  const expires = Number(text);
  if (expires < 0) throw malformed('X-Amz-Expires must be non-negative');
  if (expires > MOST_EXPIRES) {
    throw malformed(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  return expires;
}

function malformed(message: string): S3Error {
  return new S3Error('AuthorizationQueryParametersError', message);
}
