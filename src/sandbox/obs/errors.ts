import { StoreError } from '../refused.ts';

/**
 * Codes that S3 doesn't have, with their status: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html, and
 * for appending https://support.huaweicloud.com/api-obs/obs_04_0088.html
 */
const STATUS = {
  FsNotSupport: 405,
  InvalidEncryptionAlgorithmError: 400,
  MaxMessageLengthExceeded: 400,
  NoSuchBucketPolicy: 404,
  NoSuchEncryptionConfiguration: 404,
  ObjectNotAppendable: 409,
  PositionNotEqualToLength: 409,
  TooManyWrongSignature: 400,
  UnexpectedContent: 400,
  VirtualHostDomainRequired: 403,
} as const;

export type ObsCode = keyof typeof STATUS;

export function obsError(
  code: ObsCode,
  message: string,
  fields: Readonly<Record<string, string>> = {},
): StoreError {
  return new StoreError(code, message, { status: STATUS[code], fields });
}
