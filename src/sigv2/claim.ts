import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';
import type { Scheme } from './scheme.ts';

/** The claims of a SigV2 request, before they are verified. `signature` is base64 of 20 bytes. */
export type ClaimV2 = { readonly accessKeyId: string; readonly signature: Buffer } & (
  | { readonly kind: 'header' }
  /** `expires`: seconds since 1970, as text, because the text was signed. */
  | { readonly kind: 'query'; readonly expires: string }
);

const SIGNATURE_BYTES = 20;

/**
 * Reads `AWS AccessKeyId:signature` or `OBS AccessKeyId:signature`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 *
 * @throws S3Error InvalidArgument
 */
export function headerClaim(headers: WireHeaders, { word }: Scheme): ClaimV2 {
  const authorization = (headers.single('authorization') ?? '').trim();
  const value = (
    authorization.startsWith(word) ? authorization.slice(word.length) : authorization
  ).trimStart();
  const colon = value.lastIndexOf(':');
  if (colon < 1) {
    throw new S3Error(
      'InvalidArgument',
      word === 'AWS'
        ? "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature, but didn't find a colon."
        : "OBS authorization header is invalid. Expected AccessKeyId:signature, but didn't find a colon.",
    );
  }
  return {
    kind: 'header',
    accessKeyId: value.slice(0, colon),
    signature: parseSignature(value.slice(colon + 1)),
  };
}

/**
 * Reads the three parameters of a presigned URL.
 * @throws S3Error AccessDenied; NotImplemented for OBS's links to a folder
 */
export function queryClaim(query: Query, { accessKeyId: idName }: Scheme): ClaimV2 {
  if (query.has('Policy') && !query.has('Expires')) throw folderLink(idName);
  const [accessKeyId, signature, expires] = [idName, 'Signature', 'Expires'].map((name) => query.get(name));
  if (!accessKeyId || !signature || !expires) {
    throw new S3Error(
      'AccessDenied',
      `Query-string authentication requires the Signature, Expires and ${idName} parameters`,
    );
  }
  if (!/^\d{1,12}$/.test(expires)) {
    throw new S3Error('AccessDenied', 'Invalid date (should be seconds since epoch)');
  }
  // An unencoded `+` in a query is decoded as a space.
  return { kind: 'query', accessKeyId, expires, signature: parseSignature(signature.replaceAll(' ', '+')) };
}

/** Such a link covers neither a path nor an operation: anyone who has it lists and reads what its policy says. */
function folderLink(idName: string): S3Error {
  return new S3Error(
    'NotImplemented',
    `Links that share a folder (${idName}, Policy and Signature in the query) are not implemented. Make a link for each object: ${idName}, Expires and Signature.`,
  );
}

/** An invalid signature becomes one that never matches. */
export function parseSignature(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === SIGNATURE_BYTES && bytes.toString('base64') === text ? bytes : Buffer.alloc(0);
}
