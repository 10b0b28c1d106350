import { createHmac, timingSafeEqual } from 'node:crypto';
import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Secret } from '../secret.ts';
import type { SignedRequest } from '../sigv4/canonical.ts';
import type { ChunkSigning } from '../sigv4/chunk-trailers.ts';
import { findHolder, type Holder } from '../sigv4/holder.ts';
import { bytesOf, isSecretName, MISMATCH, MISMATCH_REASON } from '../sigv4/mismatch.ts';
import { checkSessionToken } from '../sigv4/signed-parts.ts';
import { checkTimestamp, toMilliseconds, toTimestamp } from '../sigv4/timestamp.ts';
import { type ClaimV2, parseClaimV2 } from './claim.ts';
import { unhoist } from './presigned.ts';
import { type SignedV2, stringsToSign } from './string-to-sign.ts';

interface Options<H extends Holder> {
  readonly holderOf: (accessKeyId: string) => H | undefined;
  readonly now: Date;
}

interface Verified<H extends Holder> {
  readonly holder: H;
  /** The request without its signature. */
  readonly request: SignedRequest;
  readonly chunks: ChunkSigning;
}

/**
 * Verifies SigV2, in the Authorization header or in the query. It covers neither the Host nor most parameters, and
 * of the body only a Content-MD5.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export function verifyV2<H extends Holder>(
  request: SignedRequest,
  { holderOf, now }: Options<H>,
): Verified<H> {
  const { method, target } = request;
  const claim = parseClaimV2(request.headers, target.query);
  const holder = findHolder(claim.accessKeyId, holderOf);
  const { headers, query } =
    claim.kind === 'query'
      ? unhoist(request.headers, target.query)
      : { headers: request.headers, query: target.query };
  checkTime(claim, headers, now);
  const rawTarget = request.rawTarget ?? target.canonicalPath;
  const signed = { method, target: { ...target, query }, rawTarget, headers, date: dateOf(claim, headers) };
  verifySignature(signed, claim, holder);
  checkSessionToken(headers.single('x-amz-security-token'), holder.sessionToken);
  return { holder, chunks: 'unsignable', request: { ...request, headers, target: { ...target, query } } };
}

/** Is `signature` that of the text, one character per byte? */
export function signsV2(text: string, signature: Buffer, secretAccessKey: Secret): boolean {
  const expected = createHmac('sha1', secretAccessKey.reveal()).update(text, 'latin1').digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function verifySignature(signed: SignedV2, { signature, accessKeyId }: ClaimV2, holder: Holder): void {
  const texts = stringsToSign(signed);
  const matches = texts.map((text) => signsV2(text, signature, holder.secretAccessKey));
  if (matches.includes(true)) return;
  throw new S3Error('SignatureDoesNotMatch', MISMATCH, {
    reason: MISMATCH_REASON,
    fields: { AWSAccessKeyId: accessKeyId, ...shownText(signed, texts[0] ?? '') },
  });
}

/** SigV2 puts the values of headers into the string to sign: it is shown where no secret is among them. */
function shownText({ headers, target }: SignedV2, text: string): Record<string, string> {
  const names = [...headers.names(), ...target.query.parameters.map(({ name }) => name)];
  // The Authorization header itself is not part of it.
  if (names.some((name) => name !== 'authorization' && isSecretName(name))) return {};
  return { StringToSign: Buffer.from(text, 'latin1').toString('utf8'), StringToSignBytes: bytesOf(text) };
}

/** "If you include the x-amz-date header, use the empty string for the Date when constructing the StringToSign." */
function dateOf(claim: ClaimV2, headers: WireHeaders): string {
  if (claim.kind === 'query') return claim.expires;
  return headers.has('x-amz-date') ? '' : (headers.single('date') ?? '').trim();
}

function checkTime(claim: ClaimV2, headers: WireHeaders, now: Date): void {
  if (claim.kind === 'header') {
    checkTimestamp(timestampOf(headers), now);
    return;
  }
  const until = Number(claim.expires) * 1000;
  if (now.getTime() <= until) return;
  throw new S3Error('AccessDenied', 'Request has expired', {
    reason: `the link has expired ${Math.round((now.getTime() - until) / 1000)} seconds ago`,
    fields: { Expires: claim.expires, ServerTime: now.toISOString() },
  });
}

/** `x-amz-date`, otherwise Date: in the format of RFC 9110 or as `yyyymmddThhmmssZ`. */
function timestampOf(headers: WireHeaders): string {
  const text = (headers.single('x-amz-date') ?? headers.single('date') ?? '').trim();
  if (toMilliseconds(text) !== undefined) return text;
  // Without a zone it would be parsed in the time zone of this machine.
  const time = /(?:GMT|UTC|Z|[+-]\d{4})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return toTimestamp(new Date(time));
  throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
}
