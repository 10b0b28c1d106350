import type { Difference } from './documents.ts';
import { STORAGE_CLASSES } from './obs-values.ts';
import { pairs } from './pairs.ts';

const SAME: Difference = { kind: 'same' };
const LIST: Difference = { kind: 'list', values: { StorageClass: STORAGE_CLASSES } };
const ACL: Difference = { kind: 'acl' };

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0021.html */
const CREATE_BUCKET: Difference = {
  kind: 'settings',
  root: 'CreateBucketConfiguration',
  elements: new Set(['LocationConstraint']),
  names: pairs(['LocationConstraint', 'Location']),
};

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0062.html */
const ENCRYPTION: Difference = {
  kind: 'settings',
  root: 'ServerSideEncryptionConfiguration',
  elements: new Set(['Rule', 'ApplyServerSideEncryptionByDefault', 'SSEAlgorithm', 'KMSMasterKeyID']),
  values: { SSEAlgorithm: pairs(['aws:kms', 'kms']) },
  unsaid: { BlockedEncryptionTypes: 'NONE', BucketKeyEnabled: 'false' },
};

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0034.html */
const LIFECYCLE: Difference = {
  kind: 'settings',
  root: 'LifecycleConfiguration',
  elements: new Set(
    `Rule ID Prefix Status Expiration Days Date Transition StorageClass NoncurrentVersionExpiration NoncurrentDays
    NoncurrentVersionTransition AbortIncompleteMultipartUpload DaysAfterInitiation`.split(/\s+/),
  ),
  values: { StorageClass: STORAGE_CLASSES },
};

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0087.html */
const RESTORE: Difference = {
  kind: 'settings',
  root: 'RestoreRequest',
  elements: new Set(['Days', 'GlacierJobParameters', 'Tier']),
  names: pairs(['GlacierJobParameters', 'RestoreJob']),
};

/**
 * The documents of OBS by operation, of its requests and of its answers alike. One that is not here is not told to the
 * other side: events, logs, replication and policies name services, buckets and actions in ways of their own.
 */
export const OBS_DOCUMENTS: ReadonlyMap<string, Difference> = new Map<string, Difference>([
  ...of(CREATE_BUCKET, 'CreateBucket'),
  ...of(ENCRYPTION, 'GetBucketEncryption PutBucketEncryption'),
  ...of(
    LIFECYCLE,
    'GetBucketLifecycle GetBucketLifecycleConfiguration PutBucketLifecycle PutBucketLifecycleConfiguration',
  ),
  ...of(RESTORE, 'RestoreObject'),
  ...of(ACL, 'GetBucketAcl GetObjectAcl PutBucketAcl PutObjectAcl'),
  ...of(LIST, 'ListMultipartUploads ListObjects ListObjectsV2 ListObjectVersions ListParts'),
  ...of(
    SAME,
    // The proxy makes these new for the client.
    `GetBucketLocation ListBuckets
    CompleteMultipartUpload CopyObject CreateMultipartUpload DeleteObjects UploadPartCopy
    GetBucketCors GetBucketPolicyStatus GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
    GetObjectTagging GetPublicAccessBlock
    PutBucketCors PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutObjectTagging
    PutPublicAccessBlock
    GetBucketCustomDomain GetBucketDirectColdAccess GetBucketPublicStatus GetBucketQuota GetBucketStorageInfo
    PutBucketCustomDomain PutBucketDirectColdAccess PutBucketQuota
    GetBucketCompressPolicy GetBucketDisPolicy GetBucketMirrorBackToSource
    PutBucketCompressPolicy PutBucketDisPolicy PutBucketMirrorBackToSource`,
  ),
]);

function of(difference: Difference, operations: string): [string, Difference][] {
  return operations.split(/\s+/).map((name) => [name, difference]);
}
