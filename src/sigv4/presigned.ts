import { ownCopy } from '../own-copy.ts';
import { S3Error } from '../s3/errors.ts';
import { headerValue } from '../s3/field.ts';
import type { WireHeaders } from '../s3/headers.ts';
import { decodePercent } from '../s3/percent.ts';
import { NO_QUERY, type Query } from '../s3/query.ts';
import { type Claim, parseCredential, parseSignedHeaders } from './claim.ts';
import { toMilliseconds } from './timestamp.ts';

/** A signature in the query, before it is verified. */
export interface PresignedClaim extends Claim {
  readonly timestamp: string;
  /** Seconds after the timestamp. */
  readonly expires: number;
}

/** Parameters of the signature, which are not sent to the store. */
const OF_THE_SIGNATURE: ReadonlySet<string> = new Set([
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
]);
const IN_LOWER_CASE: ReadonlySet<string> = new Set([...OF_THE_SIGNATURE].map((name) => name.toLowerCase()));
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
  const algorithm = query.get('X-Amz-Algorithm');
  const credential = query.encoded('X-Amz-Credential');
  const timestamp = query.get('X-Amz-Date');
  const expires = query.get('X-Amz-Expires');
  const names = query.encoded('X-Amz-SignedHeaders');
  const signature = query.get('X-Amz-Signature');
  if (!algorithm || !credential || !timestamp || !expires || !names || !signature) {
    throw malformed(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') {
    throw new S3Error(
      'NotImplemented',
      'Signature version 4A is not implemented. Please use AWS4-HMAC-SHA256.',
    );
  }
  if (algorithm !== 'AWS4-HMAC-SHA256') throw malformed('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  if (toMilliseconds(timestamp) === undefined) {
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  if (!/^[0-9a-f]{64}$/.test(signature)) throw malformed('X-Amz-Signature must be 64 hex digits');
  const { accessKeyId, scope, signedHeaders } = signerOf(credential, names);
  return { accessKeyId, scope, signedHeaders, signature, timestamp, expires: parseExpires(expires) };
}

/** Who signed, and which headers: what is the same in all links of a day that a client makes in one way. */
type Signer = Omit<Claim, 'signature'>;

/** What the links said that came last, encoded, and what it means. */
const signers: { readonly credential: string; readonly names: string; readonly signer: Signer }[] = [];
const MOST_SIGNERS = 8;
/** Longer than what any client has reason to send, in characters. */
const LONGEST_SIGNER = 1024;

function signerOf(credential: string, names: string): Signer {
  for (const known of signers)
    if (known.credential === credential && known.names === names) return known.signer;
  if (credential.length + names.length > LONGEST_SIGNER) return parsedSigner(credential, names);
  // Not as parts of the link, which somebody may still use.
  const own = { credential: ownCopy(credential), names: ownCopy(names) };
  const signer = parsedSigner(own.credential, own.names);
  if (signers.length === MOST_SIGNERS) signers.shift();
  signers.push({ ...own, signer });
  return signer;
}

function parsedSigner(credential: string, names: string): Signer {
  const { accessKeyId, scope } = parseCredential(decoded(credential), malformed);
  return { accessKeyId, scope, signedHeaders: parseSignedHeaders(decoded(names), malformed) };
}

function decoded(text: string): string {
  return decodePercent(text, { plusIsSpace: true });
}

/** @throws S3Error AccessDenied before and after its time */
export function checkExpiry({ timestamp, expires }: PresignedClaim, now: Date): void {
  const from = toMilliseconds(timestamp) ?? Number.NaN;
  const until = from + expires * 1000;
  if (!(now.getTime() >= from - SKEW_MS)) {
    throw new S3Error('AccessDenied', 'Request is not valid yet', {
      reason: `the link is of ${Math.round((from - now.getTime()) / 1000)} seconds from now: compare the clocks`,
      fields: { ServerTime: now.toISOString() },
    });
  }
  if (now.getTime() <= until) return;
  throw new S3Error('AccessDenied', 'Request has expired', {
    reason: `the link has expired ${Math.round((now.getTime() - until) / 1000)} seconds ago`,
    fields: {
      ServerTime: now.toISOString(),
      'X-Amz-Expires': String(expires),
      Expires: new Date(until).toISOString(),
    },
  });
}

/**
 * The request for the store: without the parameters of the signature, and with hoisted parameters as headers again, unless
 * that header exists. `X-Amz-Content-Sha256` is one of them: its statement about the body was signed.
 */
export function withoutSignature(query: Query, headers: WireHeaders): { query: Query; headers: WireHeaders } {
  let hoisted: Record<string, string> | undefined;
  let ofSignature = 0;
  for (const name of query.names) {
    if (OF_THE_SIGNATURE.has(name)) {
      ofSignature += 1;
      continue;
    }
    const lower = name.toLowerCase();
    if (!lower.startsWith(PREFIX) || IN_LOWER_CASE.has(lower)) continue;
    const field = headerValue(lower, query.get(name) ?? '', 'query parameter');
    if (hoisted && Object.hasOwn(hoisted, lower)) throw given(lower);
    if (headers.has(lower)) continue;
    hoisted ??= {};
    hoisted[lower] = field;
  }
  return {
    // Nothing else is in most links.
    query: ofSignature === query.size ? NO_QUERY : query.without(isOfAmz),
    headers: hoisted ? headers.with(hoisted) : headers,
  };
}

const PREFIX = 'x-amz-';

function isOfAmz(name: string): boolean {
  return OF_THE_SIGNATURE.has(name) || name.toLowerCase().startsWith(PREFIX);
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
