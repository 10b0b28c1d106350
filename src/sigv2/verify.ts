import { createHmac, timingSafeEqual } from 'node:crypto';
import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import { mustBeSigned } from '../s3/obs-headers.ts';
import type { Query } from '../s3/query.ts';
import type { Secret } from '../secret.ts';
import type { SignedRequest } from '../sigv4/canonical.ts';
import type { ChunkSigning } from '../sigv4/chunk-trailers.ts';
import { findHolder, type Holder, type Holders } from '../sigv4/holder.ts';
import { bytesOf, isSecretName, MISMATCH, MISMATCH_REASON } from '../sigv4/mismatch.ts';
import { checkSessionToken, notSigned } from '../sigv4/signed-parts.ts';
import { checkTimestamp, toMilliseconds, toTimestamp } from '../sigv4/timestamp.ts';
import { type ClaimV2, headerClaim, queryClaim } from './claim.ts';
import { isObsToken, unhoist } from './presigned.ts';
import { AWS, type Scheme, schemesOfQuery } from './scheme.ts';
import { readsAsParameter, type SignedV2, stringsToSign } from './string-to-sign.ts';

interface Options<H extends Holder> {
  readonly holders: Holders<H>;
  readonly now: Date;
}

interface Verified<H extends Holder> {
  readonly holder: H;
  /** The request without its signature. */
  readonly request: SignedRequest;
  readonly chunks: ChunkSigning;
}

/**
 * Verifies SigV2 or the signature of OBS, in the Authorization header or in the query. Neither covers the Host, most
 * parameters, headers without the prefix, or of the body more than a Content-MD5.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export function verifyV2<H extends Holder>(
  request: SignedRequest,
  { holders, now }: Options<H>,
  scheme: Scheme = AWS,
): Verified<H> {
  const claim = schemesOfQuery(request.target.query).includes(scheme.word)
    ? queryClaim(request.target.query, scheme)
    : headerClaim(request.headers, scheme);
  const holder = findHolder(claim.accessKeyId, holders, scheme);
  const { headers, query, token, asSigned } = taken(request, claim, scheme);
  const dates = datesOf(claim, headers, now, scheme);
  verifySignature(
    asSigned.map((one) => signedOf(request, one, dates)),
    claim,
    holder,
    scheme,
  );
  checkSessionToken(token, holder.sessionToken);
  return {
    holder,
    chunks: 'unsignable',
    request: { ...request, headers, target: { ...request.target, query } },
  };
}

interface Parts {
  readonly headers: WireHeaders;
  readonly query: Query;
}

/** A request without its signature, its token, and what of it may have been signed. */
interface Taken extends Parts {
  readonly token: string | undefined;
  readonly asSigned: readonly Parts[];
}

function taken(request: SignedRequest, { kind }: ClaimV2, scheme: Scheme): Taken {
  const { headers } = request;
  const { query } = request.target;
  if (scheme.word === 'OBS') return takenOfObs({ headers, query }, kind);
  const unsigned = [...headers.names()].filter((name) => mustBeSigned(name, kind));
  if (unsigned.length > 0) throw notSigned(unsigned);
  if (kind === 'header') {
    const token = headers.single('x-amz-security-token');
    return { headers, query, token, asSigned: [{ headers, query }] };
  }
  const whole = unhoist(headers, query);
  // SDKs of OBS leave the token there, and nothing else that is a header.
  const leaves = scheme.tokenInResource && query.has('x-amz-security-token');
  const asSigned = leaves ? [whole, unhoist(headers, query, 'content')] : [whole];
  return { ...whole, token: whole.headers.single('x-amz-security-token'), asSigned };
}

function takenOfObs({ headers, query }: Parts, kind: ClaimV2['kind']): Taken {
  const names = query.parameters.map(({ name }) => name.toLowerCase());
  if (new Set(names).size !== names.length) {
    throw new S3Error('InvalidArgument', 'A query parameter is given twice; give each of them once.');
  }
  const inQuery = query.parameters.find(({ name }) => isObsToken(name))?.value;
  const inHeader = headers.single('x-obs-security-token');
  if (inQuery !== undefined && inHeader !== undefined) {
    throw new S3Error('InvalidArgument', 'Give the security token once: in the query or in a header.');
  }
  const signed = kind === 'query' ? query.without((name) => OF_A_LINK.has(name)) : query;
  return {
    headers,
    query: inQuery === undefined ? signed : signed.without(isObsToken),
    token: inQuery ?? inHeader,
    asSigned: [{ headers, query: signed }],
  };
}

const OF_A_LINK: ReadonlySet<string> = new Set(['AccessKeyId', 'Expires', 'Signature']);

function signedOf(
  { method, target, rawTarget = target.canonicalPath, customDomain }: SignedRequest,
  { headers, query }: Parts,
  dates: readonly string[],
): SignedV2 {
  return { method, target: { ...target, query }, rawTarget, headers, dates, customDomain };
}

/** Is `signature` that of the text, one character per byte? */
export function signsV2(text: string, signature: Buffer, secretAccessKey: Secret): boolean {
  const expected = createHmac('sha1', secretAccessKey.reveal()).update(text, 'latin1').digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function verifySignature(
  candidates: readonly SignedV2[],
  { signature, accessKeyId }: ClaimV2,
  holder: Holder,
  scheme: Scheme,
): void {
  const texts = [...new Set(candidates.flatMap((signed) => stringsToSign(signed, scheme)))];
  const matches = texts.map((text) => signsV2(text, signature, holder.secretAccessKey));
  const [first] = candidates;
  if (first && matches.includes(true)) {
    if (!candidates.some(({ target }) => readsAsParameter(target.query, scheme))) return;
    throw new S3Error(
      'InvalidArgument',
      'The value of a query parameter reads like another parameter, which the signature cannot tell apart. Sign the request with SigV4.',
    );
  }
  throw new S3Error('SignatureDoesNotMatch', MISMATCH, {
    reason: inHost(candidates, signature, holder, scheme) ?? MISMATCH_REASON,
    fields: { [scheme.accessKeyId]: accessKeyId, ...(first ? shownText(first, texts[0] ?? '') : {}) },
  });
}

/** The most labels of a host name that are looked at for a bucket. */
const MOST_LABELS = 2;

/**
 * What to say when the client had the bucket in its host name, and the proxy knows no such domain: its signature is right, and
 * nobody would look for the fault there. SDKs of OBS do so by default.
 */
function inHost(
  [first]: readonly SignedV2[],
  signature: Buffer,
  { secretAccessKey }: Holder,
  scheme: Scheme,
): string | undefined {
  if (!first) return undefined;
  const labels = (first.headers.joined('host') ?? '').replace(/:\d*$/, '').split('.', MOST_LABELS);
  const texts = labels.flatMap((_, index) => {
    const customDomain = labels.slice(0, index + 1).join('.');
    const signed = { ...first, dates: first.dates.slice(0, 1), customDomain };
    return stringsToSign(signed, { ...scheme, ownQuery: false });
  });
  if (!texts.some((text) => signsV2(text, signature, secretAccessKey))) return undefined;
  return 'The client has the bucket in its host name, and the proxy does not know that: add what stands behind the bucket to domains of the config.';
}

/** SigV2 puts the values of headers into the string to sign: it is shown where no secret is among them. */
function shownText({ headers, target }: SignedV2, text: string): Record<string, string> {
  const names = [...headers.names(), ...target.query.parameters.map(({ name }) => name)];
  // The Authorization header itself is not part of it.
  if (names.some((name) => name !== 'authorization' && isSecretName(name))) return {};
  return { StringToSign: Buffer.from(text, 'latin1').toString('utf8'), StringToSignBytes: bytesOf(text) };
}

/**
 * What the line of the date may say: "If you include the x-amz-date header, use the empty string for the Date when
 * constructing the StringToSign." OBS has the same of `x-obs-date`.
 *
 * @throws S3Error AccessDenied, RequestTimeTooSkewed: a link is good until it expires, a header for 15 minutes
 */
function datesOf(claim: ClaimV2, headers: WireHeaders, now: Date, scheme: Scheme): readonly string[] {
  if (claim.kind === 'query') {
    checkExpiry(claim.expires, now);
    return [claim.expires];
  }
  const own = headers.single(`${scheme.prefix}date`);
  const date = headers.single('date')?.trim() ?? '';
  checkTimestamp(timestampOf(own ?? date, scheme), now);
  if (own === undefined) return [date];
  return scheme.date === 'may-stay' && date !== '' ? ['', date] : [''];
}

function checkExpiry(expires: string, now: Date): void {
  const until = Number(expires) * 1000;
  if (now.getTime() <= until) return;
  throw new S3Error('AccessDenied', 'Request has expired', {
    reason: `the link has expired ${Math.round((now.getTime() - until) / 1000)} seconds ago`,
    fields: { Expires: expires, ServerTime: now.toISOString() },
  });
}

/** In the format of RFC 9110 or as `yyyymmddThhmmssZ`. */
function timestampOf(dated: string, { word, prefix }: Scheme): string {
  const text = dated.trim();
  if (toMilliseconds(text) !== undefined) return text;
  // Without a zone it would be parsed in the time zone of this machine.
  const time = /(?:GMT|UTC|Z|[+-]\d{4})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return toTimestamp(new Date(time));
  throw new S3Error('AccessDenied', `${word} authentication requires a valid Date or ${prefix}date header`);
}
