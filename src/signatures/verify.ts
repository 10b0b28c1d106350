import type { Dialect } from '../dialects/dialect.ts';
import { OBS as OBS_DIALECT } from '../dialects/obs.ts';
import { S3Error } from '../s3/errors.ts';
import { AWS, AWS_AT_OBS, OBS, schemeOfHeader, schemesOfQuery } from '../sigv2/scheme.ts';
import { verifyV2 } from '../sigv2/verify.ts';
import type { SignedRequest } from '../sigv4/canonical.ts';
import { unsupported } from '../sigv4/claim.ts';
import type { Holder } from '../sigv4/holder.ts';
import { isPresigned } from '../sigv4/presigned.ts';
import {
  type Verified as VerifiedS3,
  type VerifyOptions,
  verifyHeader,
  verifyPresigned,
} from '../sigv4/verify.ts';

export interface SignatureOptions<H extends Holder> extends VerifyOptions<H> {
  /** Is SigV2 taken as well? */
  readonly sigv2?: boolean;
  /** Is the signature of Huawei OBS? */
  readonly obs?: boolean | undefined;
}

export interface Verified<H extends Holder> extends VerifiedS3<H> {
  /** What its signature says that the client speaks, where that is not S3. */
  readonly dialect?: Dialect;
}

/**
 * Verifies the signature of a request, whichever version it is and wherever it stands.
 *
 * @throws S3Error with the code that S3 uses for each fault
 */
export function verify<H extends Holder>(request: SignedRequest, options: SignatureOptions<H>): Verified<H> {
  const { headers, target } = request;
  const authorization = headers.joined('authorization');
  // Nearly all requests: nothing in the query can be a signature.
  if (target.query.size === 0 && authorization?.startsWith('AWS4-')) return verifyHeader(request, options);
  const presigned = isPresigned(target.query);
  const inQuery = schemesOfQuery(target.query);
  if (Number(presigned) + inQuery.length + Number(authorization !== undefined) > 1) {
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed; send the signature once.');
  }
  if (presigned) return verifyPresigned(request, options);
  const word = inQuery[0] ?? schemeOfHeader(authorization);
  if (word === undefined) return verifyHeader(request, options);
  if ((word === 'OBS' ? options.obs : options.sigv2) !== true) throw unsupported(word);
  return word === 'OBS'
    ? { ...verifyV2(request, options, OBS), dialect: OBS_DIALECT }
    : verifyV2(request, options, options.obs === true ? AWS_AT_OBS : AWS);
}
