import { S3Error } from '../../../s3/errors.ts';
import { readAttributes } from '../../attributes.ts';
import { type Answer, bucketName, type Call, headerOf, objectKeyOf } from '../../call.ts';
import { findObject } from '../../ops/find.ts';
import { versionHeader } from '../../ops/write.ts';
import { updateVersion } from '../../store/commit.ts';
import { obsError } from '../errors.ts';

const STORAGE_CLASS = 'x-amz-storage-class';

/**
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0091.html: changes what lies beside the bytes. It takes no key,
 * and its body is empty.
 */
export async function setObjectMetadata(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const version = findObject(bucket, objectKeyOf(call), call.target.query.get('versionId'));
  if (Number(headerOf(call, 'content-length') ?? 0) > 0 || headerOf(call, 'transfer-encoding') !== undefined)
    throw obsError('UnexpectedContent', 'This request must not have a body.');
  const directive = headerOf(call, 'x-amz-metadata-directive');
  if (directive !== 'REPLACE' && directive !== 'REPLACE_NEW')
    throw new S3Error('InvalidArgument', 'The directive is REPLACE_NEW or REPLACE.', {
      fields: { ArgumentName: 'x-obs-metadata-directive' },
    });
  const { headers } = readAttributes(call);
  // A type that the request does not have is not replaced.
  const { 'content-type': type, ...others } = headers;
  const given =
    headerOf(call, 'content-type') === undefined ? others : { ...others, 'content-type': type ?? '' };
  const { [STORAGE_CLASS]: storageClass } = version.headers;
  // "The metadata that is not specified (except x-obs-storage-class) will be deleted."
  const kept =
    directive === 'REPLACE' ? (storageClass ? { [STORAGE_CLASS]: storageClass } : {}) : version.headers;
  const changed = { ...version, headers: { ...kept, ...given } };
  await updateVersion(call.data, bucket, changed);
  return { headers: versionHeader(changed) };
}
