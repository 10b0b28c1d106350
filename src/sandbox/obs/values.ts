/**
 * Values that differ between the dialects, and are the same thing: OBS's word → S3's.
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0044.html (storage classes), obs_04_0109 (SSE-KMS)
 */
export const STORAGE_CLASSES: ReadonlyMap<string, string> = new Map([
  ['STANDARD', 'STANDARD'],
  ['WARM', 'STANDARD_IA'],
  ['COLD', 'GLACIER'],
  ['DEEP_ARCHIVE', 'DEEP_ARCHIVE'],
  ['INTELLIGENT_TIERING', 'INTELLIGENT_TIERING'],
]);

export const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['kms', 'aws:kms'],
  ['AES256', 'AES256'],
]);

/** Canned ACLs of OBS alone have no other name. https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0080.html */
export const CANNED_ACLS: ReadonlyMap<string, string> = new Map([
  ['private', 'private'],
  ['public-read', 'public-read'],
  ['public-read-write', 'public-read-write'],
  ['public-read-delivered', 'public-read'],
  ['public-read-write-delivered', 'public-read-write'],
  ['bucket-owner-full-control', 'bucket-owner-full-control'],
]);

/** S3's word → OBS's. */
export function reversed(values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...values].toReversed().map(([own, internal]) => [internal, own]));
}
