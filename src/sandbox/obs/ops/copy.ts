import { S3Error } from '../../../s3/errors.ts';
import { type Answer, bucketName, type Call, headerOf, objectKeyOf } from '../../call.ts';
import { copyObject as copyAsS3 } from '../../ops/copy.ts';
import { managedOf } from '../../ops/encryption.ts';
import { copySource } from '../../ops/source.ts';
import { writeKey } from '../../ssec.ts';
import { opens } from '../../store/cipher.ts';
import { obsError } from '../errors.ts';
import { withOwnHeaders, withSpacedSource } from './objects.ts';

/**
 * Rules from https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0082.html: no body, and a copy of an object onto itself
 * changes its encryption only where the request has no `x-obs-metadata-directive`.
 */
export async function copyObject(asked: Call): Promise<Answer> {
  const call = withSpacedSource(asked);
  if (Number(headerOf(call, 'content-length') ?? 0) > 0 || headerOf(call, 'transfer-encoding') !== undefined)
    throw obsError('MaxMessageLengthExceeded', 'A copy has no body.');
  if (headerOf(call, 'x-amz-metadata-directive') !== undefined && changesEncryption(call))
    throw new S3Error(
      'InvalidRequest',
      "With x-obs-metadata-directive a copy of an object onto itself can't change its encryption.",
    );
  return await copyAsS3(withOwnHeaders(call));
}

function changesEncryption(call: Call): boolean {
  const { bucket, version } = copySource(call);
  if (bucket !== bucketName(call) || version.objectKey !== objectKeyOf(call)) return false;
  const key = writeKey(call.headers, call.secure, call.rules);
  if (version.seal === undefined) return key !== undefined || version.managed !== managedOf(call, key);
  return key === undefined || !opens(version.seal, key.ssecKey);
}
