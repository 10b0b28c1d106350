import { createHmac, timingSafeEqual } from 'node:crypto';
import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Target } from '../s3/target.ts';
import type { Credentials } from '../secret.ts';
import { canonicalRequest, EMPTY_SHA256, type SignedRequest, stringToSign } from './canonical.ts';
import { type Claim, parseAuthorization } from './claim.ts';
import { checkPayloadHash } from './payload-hash.ts';
import type { SigningKeys } from './signing-keys.ts';
import { checkTimestamp, timestampOf } from './timestamp.ts';

const QUERY_AUTH = ['X-Amz-Algorithm', 'X-Amz-Signature', 'X-Amz-Credential', 'AWSAccessKeyId', 'Signature'];

export interface VerifyOptions<Holder extends Credentials> {
  /** Who holds an access key; undefined when nobody does. */
  readonly holderOf: (accessKeyId: string) => Holder | undefined;
  readonly signingKeys: SigningKeys;
  readonly now: Date;
  /** When given, the only region that a credential scope may name. */
  readonly region?: string | undefined;
}

/**
 * Verifies SigV4 in the Authorization header: who signed, when, for which scope, and that every `x-amz-*` header
 * and the Host were signed. Gives back who holds the access key.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export function verifyHeader<Holder extends Credentials>(
  request: SignedRequest,
  { holderOf, signingKeys, now, region }: VerifyOptions<Holder>,
): Holder {
  const { headers } = request;
  refusePresigned(request.target);
  if (!headers.has('authorization')) throw new S3Error('AccessDenied', 'Access Denied');
  const claim = parseAuthorization(headers.single('authorization') ?? '');
  const timestamp = timestampOf(headers);
  const holder = holderOf(claim.accessKeyId);
  if (!holder) {
    throw new S3Error(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      {
        fields: { AWSAccessKeyId: claim.accessKeyId },
      },
    );
  }
  checkScope(claim, timestamp, region);
  checkTimestamp(timestamp, now);
  checkSigned(headers, claim.signedHeaders);
  const canonical = canonicalRequest(request, claim.signedHeaders, payloadHashOf(headers));
  const key = signingKeys.get(holder, claim.scope);
  const expected = createHmac('sha256', key)
    .update(stringToSign(timestamp, claim.scope, canonical))
    .digest();
  if (!timingSafeEqual(expected, Buffer.from(claim.signature, 'hex')))
    throw mismatch(claim, timestamp, canonical);
  signingKeys.keep(claim.accessKeyId, claim.scope, key);
  if (headers.has('x-amz-security-token')) {
    throw new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
  return holder;
}

/** @throws S3Error NotImplemented when the signature is in the query */
export function refusePresigned({ query }: Target): void {
  if (QUERY_AUTH.some((name) => query.has(name))) {
    throw new S3Error(
      'NotImplemented',
      'Presigned URLs are not implemented. Please sign with the Authorization header.',
    );
  }
}

/** The last line of the canonical request. A request without a body may leave the header out (curl does). */
function payloadHashOf(headers: WireHeaders): string {
  const value = headers.single('x-amz-content-sha256');
  if (value !== undefined) return checkPayloadHash(value);
  if (!hasBody(headers)) return EMPTY_SHA256;
  throw new S3Error(
    'InvalidRequest',
    'Missing required header for this request: x-amz-content-sha256. UNSIGNED-PAYLOAD is a value that it may have.',
  );
}

function hasBody(headers: WireHeaders): boolean {
  return headers.has('transfer-encoding') || !/^0*$/.test(headers.single('content-length') ?? '');
}

function checkScope({ scope }: Claim, timestamp: string, region: string | undefined): void {
  const fault =
    scope.date !== timestamp.slice(0, 8)
      ? `Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${timestamp.slice(0, 8)}".`
      : scope.service !== 's3'
        ? `incorrect service "${scope.service}". This endpoint belongs to "s3".`
        : scope.terminator !== 'aws4_request'
          ? `incorrect terminal "${scope.terminator}". This endpoint uses "aws4_request".`
          : region !== undefined && scope.region !== region
            ? `the region '${scope.region}' is wrong; expecting '${region}'`
            : undefined;
  if (fault === undefined) return;
  throw new S3Error('AuthorizationHeaderMalformed', `The authorization header is malformed; ${fault}`, {
    fields: region === undefined ? {} : { Region: region },
  });
}

/** Unsigned `x-amz-*` headers could have been added by anyone on the way. */
function checkSigned(headers: WireHeaders, signedHeaders: readonly string[]): void {
  const unsigned = [...headers.names()].filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
    fields: { HeadersNotSigned: unsigned.join(', ') },
  });
}

function mismatch(claim: Claim, timestamp: string, canonical: string): S3Error {
  return new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      fields: {
        AWSAccessKeyId: claim.accessKeyId,
        StringToSign: stringToSign(timestamp, claim.scope, canonical),
        SignatureProvided: claim.signature,
      },
    },
  );
}
