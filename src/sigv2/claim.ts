import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';

/** The claims of a SigV2 request, before they are verified. `signature` is base64 of 20 bytes. */
export type ClaimV2 = { readonly accessKeyId: string; readonly signature: Buffer } & (
  | { readonly kind: 'header' }
  /** `expires`: seconds since 1970, as text, because the text was signed. */
  | { readonly kind: 'query'; readonly expires: string }
);

const SIGNATURE_BYTES = 20;

export function isHeaderV2(authorization: string | undefined): boolean {
  return /^\s*AWS(?:\s|$)/.test(authorization ?? '');
}

export function isQueryV2(query: Query): boolean {
  return query.has('AWSAccessKeyId') || (query.has('Signature') && query.has('Expires'));
}

/**
 * Reads `AWS AccessKeyId:signature`, or the three parameters of a presigned URL.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 *
 * @throws S3Error InvalidArgument, AccessDenied
 */
export function parseClaimV2(headers: WireHeaders, query: Query): ClaimV2 {
  return isQueryV2(query) ? queryClaim(query) : headerClaim(headers.single('authorization') ?? '');
}

function headerClaim(authorization: string): ClaimV2 {
  const value = authorization.trim().replace(/^AWS\s*/, '');
  const colon = value.lastIndexOf(':');
  if (colon < 1) {
    throw new S3Error(
      'InvalidArgument',
      "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature, but didn't find a colon.",
    );
  }
  return {
    kind: 'header',
    accessKeyId: value.slice(0, colon),
    signature: parseSignature(value.slice(colon + 1)),
  };
}

function queryClaim(query: Query): ClaimV2 {
  const [accessKeyId, signature, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map((name) =>
    query.get(name),
  );
  if (!accessKeyId || !signature || !expires) {
    throw new S3Error(
      'AccessDenied',
      'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    );
  }
  if (!/^\d{1,12}$/.test(expires)) {
    throw new S3Error('AccessDenied', 'Invalid date (should be seconds since epoch)');
  }
  // An unencoded `+` in a query is decoded as a space.
  return { kind: 'query', accessKeyId, expires, signature: parseSignature(signature.replaceAll(' ', '+')) };
}

/** An invalid signature becomes one that never matches. */
export function parseSignature(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === SIGNATURE_BYTES && bytes.toString('base64') === text ? bytes : Buffer.alloc(0);
}
