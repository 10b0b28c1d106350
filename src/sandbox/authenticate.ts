import { S3Error } from '../s3/errors.ts';
import type { Credentials } from '../secret.ts';
import { type SignatureOptions, verify } from '../signatures/verify.ts';
import { canonicalRequest, EMPTY_SHA256, type SignedRequest } from '../sigv4/canonical.ts';
import { parseAuthorization } from '../sigv4/claim.ts';
import type { Verified } from '../sigv4/verify.ts';

/**
 * Verifies the signature. On a mismatch the error shows the canonical request, as AWS's does: the headers in it
 * are the client's own, but a proxy in front must not hand them to its clients.
 */
export function authenticate(
  request: SignedRequest,
  options: SignatureOptions<Credentials>,
): Verified<Credentials> {
  try {
    return verify(request, options);
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== 'SignatureDoesNotMatch') throw error;
    if (!request.headers.has('authorization')) throw error;
    throw new S3Error('SignatureDoesNotMatch', error.message, {
      cause: error,
      fields: { ...error.fields, ...explain(request, error.fields.StringToSign ?? '') },
    });
  }
}

function explain(request: SignedRequest, stringToSign: string): Record<string, string> {
  const { signedHeaders, signature } = parseAuthorization(request.headers.single('authorization') ?? '');
  const payloadHash = request.headers.single('x-amz-content-sha256') ?? EMPTY_SHA256;
  const canonical = canonicalRequest(request, signedHeaders, payloadHash);
  return {
    SignatureProvided: signature,
    StringToSignBytes: hexBytes(stringToSign),
    CanonicalRequest: canonical,
    CanonicalRequestBytes: hexBytes(canonical),
  };
}

/** One character a byte: `41 57 53 …` */
function hexBytes(text: string): string {
  return Buffer.from(text, 'latin1')
    .toString('hex')
    .replace(/..(?!$)/g, '$& ');
}
