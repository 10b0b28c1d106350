/**
 * Root elements of the documents that answer an operation; stores differ in their case. A response with another root is not
 * about this operation: a store that does not know `?annotation` returns the object. Of an operation that writes and has no
 * row, a success has no body.
 * Sources: the S3 API reference; responses of Ceph and MinIO; the source code of versitygw.
 */
export const ANSWER_ROOTS: Readonly<Record<string, readonly string[]>> = {
  GetBucketAbac: ['AbacStatus'],
  GetBucketAccelerateConfiguration: ['AccelerateConfiguration'],
  GetBucketAcl: ['AccessControlPolicy'],
  GetBucketAnalyticsConfiguration: ['AnalyticsConfiguration'],
  GetBucketCors: ['CORSConfiguration'],
  GetBucketEncryption: ['ServerSideEncryptionConfiguration'],
  GetBucketIntelligentTieringConfiguration: ['IntelligentTieringConfiguration'],
  GetBucketInventoryConfiguration: ['InventoryConfiguration'],
  GetBucketLifecycleConfiguration: ['LifecycleConfiguration'],
  GetBucketLifecycle: ['LifecycleConfiguration'],
  GetBucketLogging: ['BucketLoggingStatus'],
  GetBucketMetadataConfiguration: ['GetBucketMetadataConfigurationResult'],
  GetBucketMetadataTableConfiguration: ['GetBucketMetadataTableConfigurationResult'],
  GetBucketMetricsConfiguration: ['MetricsConfiguration'],
  GetBucketNotificationConfiguration: ['NotificationConfiguration'],
  GetBucketNotification: ['NotificationConfiguration'],
  GetBucketOwnershipControls: ['OwnershipControls'],
  // A policy is JSON.
  GetBucketPolicy: ['{'],
  GetBucketPolicyStatus: ['PolicyStatus'],
  GetBucketReplication: ['ReplicationConfiguration'],
  GetBucketRequestPayment: ['RequestPaymentConfiguration'],
  GetBucketTagging: ['Tagging'],
  GetBucketVersioning: ['VersioningConfiguration'],
  GetBucketWebsite: ['WebsiteConfiguration'],
  GetObjectLockConfiguration: ['ObjectLockConfiguration'],
  // Ceph has a name of its own.
  GetPublicAccessBlock: ['PublicAccessBlockConfiguration', 'BlockPublicAccessBlockConfiguration'],
  ListBucketAnalyticsConfigurations: [
    'ListBucketAnalyticsConfigurationResult',
    'ListBucketAnalyticsConfigurationsOutput',
  ],
  ListBucketIntelligentTieringConfigurations: [
    'ListBucketIntelligentTieringConfigurationsOutput',
    'ListBucketIntelligentTieringConfigurationsResult',
  ],
  ListBucketInventoryConfigurations: [
    'ListInventoryConfigurationsResult',
    'ListBucketInventoryConfigurationsOutput',
  ],
  ListBucketMetricsConfigurations: [
    'ListMetricsConfigurationsResult',
    'ListBucketMetricsConfigurationsOutput',
  ],
  ListMultipartUploads: ['ListMultipartUploadsResult'],
  ListObjectVersions: ['ListVersionsResult'],
  ListObjects: ['ListBucketResult'],
  ListObjectsV2: ['ListBucketResult'],
  GetObjectAcl: ['AccessControlPolicy'],
  // MinIO writes it with a small letter in front.
  GetObjectAttributes: [
    'GetObjectAttributesResponse',
    'GetObjectAttributesOutput',
    'GetObjectAttributesResult',
  ],
  GetObjectLegalHold: ['LegalHold'],
  GetObjectRetention: ['Retention'],
  GetObjectTagging: ['Tagging'],
  ListObjectAnnotations: ['ListObjectAnnotationsResult', 'ListObjectAnnotationsOutput'],
  ListParts: ['ListPartsResult'],
  ListDirectoryBuckets: ['ListAllMyDirectoryBucketsResult'],
  CreateSession: ['CreateSessionResult'],
  // Of OBS, some of them JSON.
  GetBucketCompressPolicy: ['{'],
  GetBucketCustomDomain: ['ListBucketCustomDomainsResult'],
  GetBucketDirectColdAccess: ['DirectColdAccessConfiguration'],
  GetBucketDisPolicy: ['{'],
  GetBucketMirrorBackToSource: ['{'],
  GetBucketPublicStatus: ['BucketStatus'],
  GetBucketQuota: ['Quota'],
  GetBucketStorageClass: ['StorageClass'],
  GetBucketStorageInfo: ['GetBucketStorageInfoResult'],
  GetBucketStoragePolicy: ['StoragePolicy'],
  // Writes that say more than that they are done.
  CompleteMultipartUpload: ['CompleteMultipartUploadResult'],
  CopyObject: ['CopyObjectResult'],
  CreateMultipartUpload: ['InitiateMultipartUploadResult'],
  // Also for a quiet one, which names what went wrong alone.
  DeleteObjects: ['DeleteResult'],
  UploadPartCopy: ['CopyPartResult'],
};
