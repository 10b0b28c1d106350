import type { Dialect } from './dialect.ts';
import { OBS_DOCUMENTS } from './obs-documents.ts';
import { STORAGE_CLASSES } from './obs-values.ts';
import { pairs } from './pairs.ts';

/**
 * Huawei OBS, as its own SDKs speak it.
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0007.html
 */
export const OBS: Dialect = {
  name: 'obs',
  prefix: 'x-obs-',
  names: pairs(
    ['x-amz-server-side-encryption-aws-kms-key-id', 'x-obs-server-side-encryption-kms-key-id'],
    ['x-amz-bucket-region', 'x-obs-bucket-location'],
    ['x-amz-storage-class', 'x-obs-storage-class'],
    // What OBS calls the storage class of a bucket where it speaks S3.
    ['x-default-storage-class', 'x-obs-storage-class'],
  ),
  values: new Map([
    ['x-amz-storage-class', STORAGE_CLASSES],
    ['x-default-storage-class', STORAGE_CLASSES],
    ['x-amz-server-side-encryption', pairs(['aws:kms', 'kms'])],
  ]),
  keyHash: 'md5',
  signature: 'obs',
  documents: OBS_DOCUMENTS,
  // As its SDK for Java sends streams.
  unsizedBodies: true,
};
