import { createHmac, timingSafeEqual } from 'node:crypto';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Target } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import type { SignedRequest } from '../../sigv4/canonical.ts';
import { findHolder } from '../../sigv4/holder.ts';
import type { Verified } from '../../sigv4/verify.ts';
import { authenticate as authenticateV4 } from '../authenticate.ts';
import type { Shared } from '../shared.ts';
import { type Claim, claimOf } from './claim.ts';
import { stringsToSign } from './string-to-sign.ts';

const PREFIX = { obs: 'x-obs-', v2: 'x-amz-', v4: 'x-amz-' } as const;

/** How far a clock may be off: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html */
const MAX_SKEW = 15 * 60 * 1000;

/** What V4 may say of a body: https://support.huaweicloud.com/intl/en-us/obs_faq/obs_faq_0274.html */
const V4_PAYLOADS = new Set(['UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']);

/** The request without its signature, and how its chunks are signed. @throws Refused */
export function authenticate(
  request: SignedRequest,
  shared: Shared,
): Pick<Verified<never>, 'chunks'> & { target: Target } {
  const { headers, target } = request;
  const claim = claimOf(headers, target.query);
  if (claim.scheme === 'none') throw new S3Error('AccessDenied', 'Access Denied');
  if (claim.scheme === 'v4') return v4(request, shared);
  const now = shared.clock();
  const holder = findHolder(claim.accessKeyId, shared.credentials);
  shared.wrongSignatures.check(claim.accessKeyId, now);
  checkTime(claim, headers, now);
  const texts = stringsToSign({
    method: request.method,
    rawTarget: request.rawTarget ?? '',
    named: target.shape === 'service' ? undefined : target.bucket,
    headers,
    expires: claim.expires,
    prefix: PREFIX[claim.scheme],
  });
  const right = texts.some((text) => signs(text, claim.signature, holder.secretAccessKey.reveal()));
  shared.wrongSignatures.count(claim.accessKeyId, right, now);
  if (!right) throw mismatch(texts[0] ?? '');
  const names = new Set(['AccessKeyId', 'AWSAccessKeyId', 'Expires', 'Signature']);
  return {
    chunks: 'unsignable',
    target: { ...target, query: target.query.without((name) => names.has(name)) },
  };
}

/** Is `signature` that of the text, one character a byte? @param signature base64 */
function signs(text: string, signature: string, secretAccessKey: string): boolean {
  const expected = createHmac('sha1', secretAccessKey).update(text, 'latin1').digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function mismatch(text: string): S3Error {
  return new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    // The headers in it are the client's own, but a proxy in front must not hand them to its clients.
    { fields: { StringToSign: Buffer.from(text, 'latin1').toString('utf8') } },
  );
}

function v4(request: SignedRequest, shared: Shared): ReturnType<typeof authenticate> {
  const said = request.headers.single('x-amz-content-sha256');
  if (said !== undefined && !V4_PAYLOADS.has(said)) {
    throw new S3Error('InvalidArgument', `OBS takes ${[...V4_PAYLOADS].join(' and ')} alone.`, {
      fields: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: said },
    });
  }
  const { credentials, signingKeys, region, wrongSignatures } = shared;
  const now = shared.clock();
  const asked: string[] = [];
  const holderOf = (accessKeyId: string): Credentials | undefined => {
    const holder = credentials.get(accessKeyId);
    if (holder === undefined) return undefined;
    wrongSignatures.check(accessKeyId, now);
    asked.push(accessKeyId);
    return holder;
  };
  const count = (right: boolean): void => {
    for (const accessKeyId of asked) wrongSignatures.count(accessKeyId, right, now);
  };
  try {
    const verified = authenticateV4(request, { holders: { get: holderOf }, signingKeys, now, region });
    count(true);
    return { chunks: verified.chunks, target: verified.request.target };
  } catch (error) {
    if (error instanceof S3Error && error.code === 'SignatureDoesNotMatch') count(false);
    throw error;
  }
}

function checkTime(claim: Extract<Claim, { scheme: 'obs' | 'v2' }>, headers: WireHeaders, now: Date): void {
  if (claim.expires !== undefined) {
    if (now.getTime() <= Number(claim.expires) * 1000) return;
    throw new S3Error('AccessDenied', 'Request has expired');
  }
  const text = (headers.single(`${PREFIX[claim.scheme]}date`) ?? headers.single('date') ?? '').trim();
  const time = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new S3Error('AccessDenied', 'OBS authentication requires a valid Date or x-obs-date header');
  if (Math.abs(now.getTime() - time) <= MAX_SKEW) return;
  throw new S3Error(
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    { fields: { RequestTime: text, ServerTime: now.toISOString() } },
  );
}
