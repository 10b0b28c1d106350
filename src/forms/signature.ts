import { OBS as OBS_DIALECT } from '../dialects/obs.ts';
import { S3Error } from '../s3/errors.ts';
import type { SignatureOptions } from '../signatures/verify.ts';
import { parseSignature } from '../sigv2/claim.ts';
import { AWS, OBS, type Scheme } from '../sigv2/scheme.ts';
import { signsV2 } from '../sigv2/verify.ts';
import { parseCredential, unsupported } from '../sigv4/claim.ts';
import { findHolder, type Holder } from '../sigv4/holder.ts';
import { MISMATCH_REASON } from '../sigv4/mismatch.ts';
import { checkSessionToken, scopeFault } from '../sigv4/signed-parts.ts';
import { toMilliseconds } from '../sigv4/timestamp.ts';
import { type Fields, requiredField } from './fields.ts';
import { dialectOf } from './internal-fields.ts';

const V2 = ['awsaccesskeyid', 'signature'];
const V4 = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'];

/**
 * Verifies who signed the policy of a form, not what the policy says.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export function verifyForm<H extends Holder>(fields: Fields, options: Omit<SignatureOptions<H>, 'now'>): H {
  const obs = dialectOf(fields) === OBS_DIALECT;
  const v4 = V4.some((name) => fields.has(name));
  const v2 = !obs && V2.some((name) => fields.has(name));
  if (!fields.has('policy') && !v2 && !v4 && !obs)
    throw new S3Error('AccessDenied', 'Access Denied', { reason: 'the form has no signed policy' });
  if (fields.get('policy') === '') throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: it is empty.');
  if (Number(v2) + Number(v4) + Number(obs || fields.has('accesskeyid')) > 1) {
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed; send the signature once.');
  }
  if (v2 && options.sigv2 !== true) throw unsupported('AWS');
  if (obs && options.obs !== true) throw unsupported('OBS');
  const holder =
    v2 || obs ? verifyPolicyV2(fields, options, obs ? OBS : AWS) : verifyPolicyV4(fields, options);
  checkSessionToken(fields.get(`${obs ? OBS.prefix : AWS.prefix}security-token`), holder.sessionToken);
  return holder;
}

function verifyPolicyV4<H extends Holder>(
  fields: Fields,
  { holders, signingKeys, region }: Omit<SignatureOptions<H>, 'now'>,
): H {
  const algorithm = requiredField(fields, 'X-Amz-Algorithm');
  if (algorithm !== 'AWS4-HMAC-SHA256') throw unsupported(algorithm);
  const timestamp = requiredField(fields, 'X-Amz-Date');
  if (toMilliseconds(timestamp) === undefined) throw malformed('X-Amz-Date', 'it must be yyyyMMddTHHmmssZ');
  const signature = requiredField(fields, 'X-Amz-Signature');
  const policy = requiredField(fields, 'Policy');
  const claim = parseCredential(requiredField(fields, 'X-Amz-Credential'), (what) =>
    malformed('X-Amz-Credential', what),
  );
  const holder = findHolder(claim.accessKeyId, holders);
  const fault = scopeFault(claim, timestamp, region);
  if (fault !== undefined) throw malformed('X-Amz-Credential', fault);
  const signingKey = signingKeys.get(holder, claim.scope);
  if (!signingKey.hasSigned(policy, signature)) throw mismatch(claim.accessKeyId);
  signingKeys.keep(claim.accessKeyId, claim.scope, signingKey);
  return holder;
}

function verifyPolicyV2<H extends Holder>(
  fields: Fields,
  { holders }: Pick<SignatureOptions<H>, 'holders'>,
  scheme: Scheme,
): H {
  const accessKeyId = requiredField(fields, scheme.accessKeyId);
  const signature = requiredField(fields, 'Signature');
  const policy = requiredField(fields, 'Policy');
  const holder = findHolder(accessKeyId, holders, scheme);
  const text = Buffer.from(policy, 'utf8').toString('latin1');
  if (!signsV2(text, parseSignature(signature), holder.secretAccessKey)) throw mismatch(accessKeyId, scheme);
  return holder;
}

function mismatch(accessKeyId: string, { accessKeyId: element }: Pick<Scheme, 'accessKeyId'> = AWS): S3Error {
  return new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    // Without the string to sign, which is the policy: it may name a session token.
    { reason: MISMATCH_REASON, fields: { [element]: accessKeyId } },
  );
}

function malformed(name: string, what: string): S3Error {
  return new S3Error('InvalidArgument', `Error parsing the ${name} field; ${what}`, {
    fields: { ArgumentName: name },
  });
}
