import { OBS_OPERATIONS } from './obs-operations.ts';
import { OPERATIONS, type OperationName } from './operations.ts';

/** Groups of writes and deletes of sub-resources, from which the rows of providers are put together. */

export const TAGS: readonly OperationName[] = ['PutObjectTagging', 'DeleteObjectTagging'];
export const LOCKS: readonly OperationName[] = ['PutObjectRetention', 'PutObjectLegalHold'];

/** Of buckets: each of the stores that were tested or read supports them, or refuses them as such. */
export const BUCKETS: readonly OperationName[] = [
  'PutBucketAcl',
  'PutBucketCors',
  'PutBucketLifecycle',
  'PutBucketLifecycleConfiguration',
  'PutBucketPolicy',
  'PutBucketTagging',
  'PutBucketVersioning',
  'DeleteBucketCors',
  'DeleteBucketLifecycle',
  'DeleteBucketPolicy',
  'DeleteBucketTagging',
];
export const NOTIFICATIONS: readonly OperationName[] = [
  'PutBucketNotification',
  'PutBucketNotificationConfiguration',
];
export const REPLICATION: readonly OperationName[] = ['PutBucketReplication', 'DeleteBucketReplication'];
export const WEBSITE: readonly OperationName[] = ['PutBucketWebsite', 'DeleteBucketWebsite'];
export const ENCRYPTION: readonly OperationName[] = ['PutBucketEncryption', 'DeleteBucketEncryption'];
export const PUBLIC_ACCESS: readonly OperationName[] = ['PutPublicAccessBlock', 'DeletePublicAccessBlock'];
export const OWNERSHIP: readonly OperationName[] = [
  'PutBucketOwnershipControls',
  'DeleteBucketOwnershipControls',
];
/** What OBS has and S3 lacks, its reads too. */
export const OF_OBS: readonly OperationName[] = OBS_OPERATIONS.map(({ name }) => name);
/** Every one of buckets in the table of operations that is S3's. */
export const ALL_OF_BUCKETS: readonly OperationName[] = OPERATIONS.filter(
  ({ name, shape, method, listed }) =>
    shape === 'bucket' && method !== 'GET' && listed && !OF_OBS.includes(name),
).map(({ name }) => name);
