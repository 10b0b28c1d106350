import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Query } from '../../s3/query.ts';

/** Who says to have signed a request, and where. `v4` is read elsewhere; `none`: nobody says so. */
export type Claim =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'v4' }
  | {
      readonly scheme: 'obs' | 'v2';
      readonly accessKeyId: string;
      /** base64 */
      readonly signature: string;
      /** Of a link: seconds since 1970, as text, because the text was signed. */
      readonly expires: string | undefined;
    };

/**
 * OBS takes three signatures on the same hosts: its own, AWS's second and AWS's fourth version.
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0009.html
 *
 * @throws S3Error for more than one of them, and for one that can't be read
 */
export function claimOf(headers: WireHeaders, query: Query): Claim {
  const authorization = headers.single('authorization')?.trim();
  const idNames = ['AccessKeyId', 'AWSAccessKeyId', 'X-Amz-Algorithm'].filter((name) => query.has(name));
  const linked = query.has('Signature') || query.has('Expires') || idNames.length > 0;
  if (Number(authorization !== undefined) + idNames.length > 1 || (authorization !== undefined && linked))
    throw new S3Error(
      'InvalidArgument',
      'Only one auth mechanism is allowed: the request has several signatures.',
    );
  if (authorization !== undefined) return headerClaim(authorization);
  if (!linked) return { scheme: 'none' };
  return idNames[0] === 'X-Amz-Algorithm' ? { scheme: 'v4' } : linkClaim(query, idNames[0]);
}

function headerClaim(authorization: string): Claim {
  if (authorization.startsWith('AWS4-HMAC-SHA256')) return { scheme: 'v4' };
  const [, word, accessKeyId, signature] = /^(OBS|AWS) ([^:\s]+):(\S+)$/.exec(authorization) ?? [];
  if (word === undefined || accessKeyId === undefined || signature === undefined)
    throw new S3Error('InvalidArgument', 'Unsupported Authorization Type');
  return { scheme: word === 'OBS' ? 'obs' : 'v2', accessKeyId, signature, expires: undefined };
}

function linkClaim(query: Query, idName: string | undefined): Claim {
  const [accessKeyId, signature, expires] = [idName ?? '', 'Signature', 'Expires'].map((name) =>
    query.get(name),
  );
  if (!accessKeyId || !signature || !expires || !/^\d{1,12}$/.test(expires))
    throw new S3Error(
      'AccessDenied',
      'A link needs AccessKeyId, Expires in seconds since 1970, and Signature.',
    );
  return {
    scheme: idName === 'AccessKeyId' ? 'obs' : 'v2',
    accessKeyId,
    // An unencoded `+` is decoded as a space.
    signature: signature.replaceAll(' ', '+'),
    expires,
  };
}
