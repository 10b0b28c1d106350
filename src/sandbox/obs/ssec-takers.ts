import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../../s3/errors.ts';

/** Operations that take a customer's key, as listed in https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0107.html */
const TAKE_KEYS: ReadonlySet<string> = new Set([
  'PutObject',
  'CopyObject',
  'HeadObject',
  'GetObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  // https://support.huaweicloud.com/api-obs/obs_04_0088.html
  'AppendObject',
]);
/** And one for their source. */
const COPIES: ReadonlySet<string> = new Set(['CopyObject', 'UploadPartCopy']);
/** That take a key of the store's: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0109.html */
const TAKE_MANAGED: ReadonlySet<string> = new Set([
  'PutObject',
  'CopyObject',
  'CreateMultipartUpload',
  'AppendObject',
]);

const RULES: readonly (readonly [RegExp, ReadonlySet<string>])[] = [
  [/^x-amz-server-side-encryption-customer-/, TAKE_KEYS],
  [/^x-amz-copy-source-server-side-encryption-customer-/, COPIES],
  [/^x-amz-server-side-encryption$/, TAKE_MANAGED],
];

/**
 * What OBS does with such a header on another operation no page says: it is an error here, for CompleteMultipartUpload and
 * ListParts too. @throws S3Error InvalidRequest
 */
export function checkEncryptionHeaders(operation: string, headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers))
    for (const [pattern, operations] of RULES)
      if (pattern.test(name) && !operations.has(operation))
        throw new S3Error('InvalidRequest', `${operation} takes no ${name.replace('x-amz-', 'x-obs-')}.`, {
          fields: { ArgumentName: name },
        });
}
