import { S3Error } from '../s3/errors.ts';
import { isQueryV2 } from '../sigv2/claim.ts';
import { isV2, verifyV2 } from '../sigv2/verify.ts';
import type { SignedRequest } from '../sigv4/canonical.ts';
import { unsupported } from '../sigv4/claim.ts';
import type { Holder } from '../sigv4/holder.ts';
import { isPresigned } from '../sigv4/presigned.ts';
import { type Verified, type VerifyOptions, verifyV4 } from '../sigv4/verify.ts';

export interface SignatureOptions<H extends Holder> extends VerifyOptions<H> {
  /** Is SigV2 taken as well? */
  readonly sigv2?: boolean;
}

/**
 * Verifies the signature of a request, whichever version it is and wherever it stands.
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export function verify<H extends Holder>(request: SignedRequest, options: SignatureOptions<H>): Verified<H> {
  const { headers, target } = request;
  const inQuery = [isPresigned(target.query), isQueryV2(target.query)].filter(Boolean).length;
  if (inQuery + (headers.has('authorization') ? 1 : 0) > 1) {
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed; send the signature once.');
  }
  if (!isV2(request)) return verifyV4(request, options);
  if (options.sigv2 !== true) throw unsupported('AWS');
  return verifyV2(request, options);
}
