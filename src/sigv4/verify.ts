import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import {
  beginningOf,
  canonicalHash,
  canonicalRequest,
  EMPTY_SHA256,
  type SignedRequest,
  scopeText,
  stringToSign,
} from './canonical.ts';
import type { ChunkLink, ChunkSigning } from './chunk-trailers.ts';
import { type Claim, parseAuthorization } from './claim.ts';
import { findHolder, type Holder } from './holder.ts';
import { signatureMismatch } from './mismatch.ts';
import { payloadOf, UNSIGNED_PAYLOAD } from './payload.ts';
import { checkExpiry, parsePresigned, withoutSignature } from './presigned.ts';
import { checkScope, checkSessionToken, checkSigned } from './signed-parts.ts';
import { SigningKey } from './signing-key.ts';
import type { SigningKeys } from './signing-keys.ts';
import { checkTimestamp, timestampOf } from './timestamp.ts';

export interface VerifyOptions<H extends Holder> {
  /** Undefined for an unknown access key. */
  readonly holderOf: (accessKeyId: string) => H | undefined;
  readonly signingKeys: SigningKeys;
  readonly now: Date;
  /** The only region that a credential scope may have; without it, any region. */
  readonly region?: string | undefined;
  /** Are there SDKs of Huawei OBS? That for Java signs a path as it sends it, with the slashes of object keys encoded. */
  readonly obs?: boolean | undefined;
}

export interface Verified<H extends Holder> {
  readonly holder: H;
  /** The request without its signature; hoisted parameters of a presigned URL are headers again. */
  readonly request: SignedRequest;
  /** How the chunks of its body are signed, should it come in chunks. */
  readonly chunks: ChunkSigning;
}

/** What the signature of a claim covers. */
interface Covered {
  readonly timestamp: string;
  /** As received, and as it may have been when it was signed. */
  readonly candidates: readonly [SignedRequest, ...SignedRequest[]];
  readonly payloadHash: string;
  /** The parameter that has the signature itself. */
  readonly leftOut?: string;
}

/**
 * Verifies SigV4 in the Authorization header: who signed, when, for which scope, and that every `x-amz-*` header and the
 * Host were signed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export function verifyHeader<H extends Holder>(
  request: SignedRequest,
  options: VerifyOptions<H>,
): Verified<H> {
  const { headers } = request;
  if (!headers.has('authorization'))
    throw new S3Error('AccessDenied', 'Access Denied', { reason: 'the request has no signature' });
  const claim = parseAuthorization(headers.single('authorization') ?? '');
  const timestamp = timestampOf(headers);
  const holder = findHolder(claim.accessKeyId, options.holderOf);
  checkScope(claim, timestamp, options.region, 'header');
  checkTimestamp(timestamp, options.now);
  checkSigned(headers, claim.signedHeaders, 'header');
  const payloadHash = payloadHashOf(headers);
  const covered = { timestamp, candidates: [request], payloadHash } as const;
  const chunks = verifySignature(claim, covered, holder, options);
  const token = headers.single('x-amz-security-token');
  if (token !== undefined || holder.sessionToken) checkSessionToken(token, holder.sessionToken);
  return { holder, request, chunks };
}

/** The same of a presigned URL, where the signature stands in the query. */
export function verifyPresigned<H extends Holder>(
  request: SignedRequest,
  options: VerifyOptions<H>,
): Verified<H> {
  const { headers, target } = request;
  const claim = parsePresigned(target.query);
  const holder = findHolder(claim.accessKeyId, options.holderOf);
  checkScope(claim, claim.timestamp, options.region, 'query');
  checkExpiry(claim, options.now);
  checkSigned(headers, claim.signedHeaders, 'query');
  const rest = withoutSignature(target.query, headers);
  const payloadHash = rest.headers.single('x-amz-content-sha256') ?? UNSIGNED_PAYLOAD;
  payloadOf(payloadHash);
  const publicly: readonly SignedRequest[] =
    holder.publicHost === undefined
      ? []
      : [{ ...request, headers: headers.with({ host: holder.publicHost }) }];
  const covered = {
    timestamp: claim.timestamp,
    candidates: [request, ...publicly],
    payloadHash,
    leftOut: 'X-Amz-Signature',
  } as const;
  const chunks = verifySignature(claim, covered, holder, options);
  checkSessionToken(target.query.get('X-Amz-Security-Token'), holder.sessionToken);
  return {
    holder,
    chunks,
    request: { ...request, target: { ...target, query: rest.query }, headers: rest.headers },
  };
}

function verifySignature(
  { scope, signature, accessKeyId, signedHeaders }: Claim,
  { timestamp, candidates, payloadHash, leftOut }: Covered,
  holder: Holder,
  { signingKeys, obs }: Pick<VerifyOptions<Holder>, 'signingKeys' | 'obs'>,
): ChunkLink {
  const known = signingKeys.known(accessKeyId, scope);
  const key = known ?? new SigningKey(holder.secretAccessKey.reveal(), scope);
  const beginning = beginningOf(timestamp, scopeText(scope));
  for (const request of obs === true ? withRawPaths(candidates) : candidates) {
    const hash = canonicalHash(request, { signedHeaders, payloadHash, leftOut });
    if (!key.hasSigned(beginning, signature, hash)) continue;
    if (known === undefined) signingKeys.keep(accessKeyId, scope, key);
    return { seed: signature, timestamp, scope, signingKey: key };
  }
  const request = withoutParameter(candidates[0], leftOut);
  throw signatureMismatch({
    accessKeyId,
    request,
    signedHeaders,
    payloadHash,
    stringToSign: stringToSign(timestamp, scope, canonicalRequest(request, signedHeaders, payloadHash)),
  });
}

function withoutParameter(request: SignedRequest, leftOut: string | undefined): SignedRequest {
  const { target } = request;
  const query = target.query.without((name) => name === leftOut);
  return { ...request, target: { ...target, query } };
}

/** Each once more where its path is another on the wire. */
function withRawPaths(candidates: readonly SignedRequest[]): readonly SignedRequest[] {
  return candidates.flatMap((request) => {
    const canonicalPath = request.rawTarget?.split('?', 1)[0] ?? request.target.canonicalPath;
    if (canonicalPath === request.target.canonicalPath) return [request];
    return [request, { ...request, target: { ...request.target, canonicalPath } }];
  });
}

/** The last line of the canonical request. A request without a body may leave the header out (curl does). */
function payloadHashOf(headers: WireHeaders): string {
  const value = headers.single('x-amz-content-sha256');
  if (value !== undefined) {
    payloadOf(value);
    return value;
  }
  const empty = !headers.has('transfer-encoding') && /^0*$/.test(headers.single('content-length') ?? '');
  if (empty) return EMPTY_SHA256;
  throw new S3Error(
    'InvalidRequest',
    'Missing required header for this request: x-amz-content-sha256. UNSIGNED-PAYLOAD is a possible value.',
  );
}
