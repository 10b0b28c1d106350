import { S3Error } from '../s3/errors.ts';
import type { SignatureOptions } from '../signatures/verify.ts';
import { parseSignature } from '../sigv2/claim.ts';
import { signsV2 } from '../sigv2/verify.ts';
import { parseCredential, unsupported } from '../sigv4/claim.ts';
import { findHolder, type Holder } from '../sigv4/holder.ts';
import { MISMATCH_REASON } from '../sigv4/mismatch.ts';
import { checkSessionToken, scopeFault } from '../sigv4/signed-parts.ts';
import { toMilliseconds } from '../sigv4/timestamp.ts';
import { type Fields, requiredField } from './fields.ts';

const V2 = ['awsaccesskeyid', 'signature'];
const V4 = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'];

/**
 * Verifies who signed the policy of a form, not what the policy says.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export function verifyForm<H extends Holder>(fields: Fields, options: Omit<SignatureOptions<H>, 'now'>): H {
  const [v2, v4] = [V2, V4].map((names) => names.some((name) => fields.has(name)));
  if (!fields.has('policy') && !v2 && !v4)
    throw new S3Error('AccessDenied', 'Access Denied', { reason: 'the form has no signed policy' });
  if (fields.get('policy') === '') throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: it is empty.');
  if (v2 && v4) {
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed; send the signature once.');
  }
  if (v2 && options.sigv2 !== true) throw unsupported('AWS');
  const holder = v2 ? verifyPolicyV2(fields, options) : verifyPolicyV4(fields, options);
  checkSessionToken(fields.get('x-amz-security-token'), holder.sessionToken);
  return holder;
}

function verifyPolicyV4<H extends Holder>(
  fields: Fields,
  { holderOf, signingKeys, region }: Omit<SignatureOptions<H>, 'now'>,
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
  const holder = findHolder(claim.accessKeyId, holderOf);
  const fault = scopeFault(claim, timestamp, region);
  if (fault !== undefined) throw malformed('X-Amz-Credential', fault);
  const signingKey = signingKeys.get(holder, claim.scope);
  if (!signingKey.hasSigned(policy, signature)) throw mismatch(claim.accessKeyId);
  signingKeys.keep(claim.accessKeyId, claim.scope, signingKey);
  return holder;
}

function verifyPolicyV2<H extends Holder>(
  fields: Fields,
  { holderOf }: Pick<SignatureOptions<H>, 'holderOf'>,
): H {
  const accessKeyId = requiredField(fields, 'AWSAccessKeyId');
  const signature = requiredField(fields, 'Signature');
  const policy = requiredField(fields, 'Policy');
  const holder = findHolder(accessKeyId, holderOf);
  const text = Buffer.from(policy, 'utf8').toString('latin1');
  if (!signsV2(text, parseSignature(signature), holder.secretAccessKey)) throw mismatch(accessKeyId);
  return holder;
}

function mismatch(accessKeyId: string): S3Error {
  return new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    // Without the string to sign, which is the policy: it may name a session token.
    { reason: MISMATCH_REASON, fields: { AWSAccessKeyId: accessKeyId } },
  );
}

function malformed(name: string, what: string): S3Error {
  return new S3Error('InvalidArgument', `Error parsing the ${name} field; ${what}`, {
    fields: { ArgumentName: name },
  });
}
