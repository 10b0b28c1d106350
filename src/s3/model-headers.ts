/**
 * What headers the S3 API has, beside `x-amz-meta-*`: made by scripts/model-headers.ts from the model that the AWS SDKs
 * are generated from, botocore 1.44.8, data/s3/2006-03-01/service-2.json.
 */

/** Operation → the headers of its requests, in lower case. */
export const MODEL_REQUESTS: Readonly<Record<string, string>> = {
  AbortMultipartUpload: 'x-amz-expected-bucket-owner x-amz-if-match-initiated-time x-amz-request-payer',
  CompleteMultipartUpload:
    'if-match if-none-match x-amz-checksum-crc32 x-amz-checksum-crc32c x-amz-checksum-crc64nvme ' +
    'x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 x-amz-checksum-sha512 ' +
    'x-amz-checksum-type x-amz-checksum-xxhash128 x-amz-checksum-xxhash3 x-amz-checksum-xxhash64 ' +
    'x-amz-expected-bucket-owner x-amz-mp-object-size x-amz-request-payer ' +
    'x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key ' +
    'x-amz-server-side-encryption-customer-key-md5',
  CopyObject:
    'cache-control content-disposition content-encoding content-language content-type expires if-match ' +
    'if-none-match x-amz-acl x-amz-checksum-algorithm x-amz-copy-source x-amz-copy-source-if-match ' +
    'x-amz-copy-source-if-modified-since x-amz-copy-source-if-none-match ' +
    'x-amz-copy-source-if-unmodified-since x-amz-copy-source-server-side-encryption-customer-algorithm ' +
    'x-amz-copy-source-server-side-encryption-customer-key ' +
    'x-amz-copy-source-server-side-encryption-customer-key-md5 x-amz-expected-bucket-owner ' +
    'x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write-acp ' +
    'x-amz-metadata-directive x-amz-object-annotation-directive x-amz-object-lock-event-hold ' +
    'x-amz-object-lock-event-hold-duration-days x-amz-object-lock-event-hold-duration-years ' +
    'x-amz-object-lock-legal-hold x-amz-object-lock-mode x-amz-object-lock-retain-until-date ' +
    'x-amz-request-payer x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id ' +
    'x-amz-server-side-encryption-bucket-key-enabled x-amz-server-side-encryption-context ' +
    'x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key ' +
    'x-amz-server-side-encryption-customer-key-md5 x-amz-source-expected-bucket-owner ' +
    'x-amz-storage-class x-amz-tagging x-amz-tagging-directive x-amz-website-redirect-location',
  CreateBucket:
    'x-amz-acl x-amz-bucket-namespace x-amz-bucket-object-lock-enabled x-amz-grant-full-control ' +
    'x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp ' +
    'x-amz-object-ownership',
  CreateBucketMetadataConfiguration: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  CreateBucketMetadataTableConfiguration:
    'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  CreateMultipartUpload:
    'cache-control content-disposition content-encoding content-language content-type expires ' +
    'x-amz-acl x-amz-checksum-algorithm x-amz-checksum-type x-amz-expected-bucket-owner ' +
    'x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write-acp ' +
    'x-amz-object-lock-event-hold x-amz-object-lock-event-hold-duration-days ' +
    'x-amz-object-lock-event-hold-duration-years x-amz-object-lock-legal-hold x-amz-object-lock-mode ' +
    'x-amz-object-lock-retain-until-date x-amz-request-payer x-amz-server-side-encryption ' +
    'x-amz-server-side-encryption-aws-kms-key-id x-amz-server-side-encryption-bucket-key-enabled ' +
    'x-amz-server-side-encryption-context x-amz-server-side-encryption-customer-algorithm ' +
    'x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5 ' +
    'x-amz-storage-class x-amz-tagging x-amz-website-redirect-location',
  CreateSession:
    'x-amz-create-session-mode x-amz-server-side-encryption ' +
    'x-amz-server-side-encryption-aws-kms-key-id x-amz-server-side-encryption-bucket-key-enabled ' +
    'x-amz-server-side-encryption-context',
  DeleteBucket: 'x-amz-expected-bucket-owner',
  DeleteBucketAnalyticsConfiguration: 'x-amz-expected-bucket-owner',
  DeleteBucketCors: 'x-amz-expected-bucket-owner',
  DeleteBucketEncryption: 'x-amz-expected-bucket-owner',
  DeleteBucketIntelligentTieringConfiguration: 'x-amz-expected-bucket-owner',
  DeleteBucketInventoryConfiguration: 'x-amz-expected-bucket-owner',
  DeleteBucketLifecycle: 'x-amz-expected-bucket-owner',
  DeleteBucketMetadataConfiguration: 'x-amz-expected-bucket-owner',
  DeleteBucketMetadataTableConfiguration: 'x-amz-expected-bucket-owner',
  DeleteBucketMetricsConfiguration: 'x-amz-expected-bucket-owner',
  DeleteBucketOwnershipControls: 'x-amz-expected-bucket-owner',
  DeleteBucketPolicy: 'x-amz-expected-bucket-owner',
  DeleteBucketReplication: 'x-amz-expected-bucket-owner',
  DeleteBucketTagging: 'x-amz-expected-bucket-owner',
  DeleteBucketWebsite: 'x-amz-expected-bucket-owner',
  DeleteObject:
    'if-match x-amz-bypass-governance-retention x-amz-expected-bucket-owner ' +
    'x-amz-if-match-last-modified-time x-amz-if-match-size x-amz-mfa x-amz-request-payer',
  DeleteObjectAnnotation: 'x-amz-expected-bucket-owner x-amz-object-if-match x-amz-request-payer',
  DeleteObjectTagging: 'x-amz-expected-bucket-owner',
  DeleteObjects:
    'x-amz-bypass-governance-retention x-amz-expected-bucket-owner x-amz-mfa x-amz-request-payer ' +
    'x-amz-sdk-checksum-algorithm',
  DeletePublicAccessBlock: 'x-amz-expected-bucket-owner',
  GetBucketAbac: 'x-amz-expected-bucket-owner',
  GetBucketAccelerateConfiguration: 'x-amz-expected-bucket-owner x-amz-request-payer',
  GetBucketAcl: 'x-amz-expected-bucket-owner',
  GetBucketAnalyticsConfiguration: 'x-amz-expected-bucket-owner',
  GetBucketCors: 'x-amz-expected-bucket-owner',
  GetBucketEncryption: 'x-amz-expected-bucket-owner',
  GetBucketIntelligentTieringConfiguration: 'x-amz-expected-bucket-owner',
  GetBucketInventoryConfiguration: 'x-amz-expected-bucket-owner',
  GetBucketLifecycle: 'x-amz-expected-bucket-owner',
  GetBucketLifecycleConfiguration: 'x-amz-expected-bucket-owner',
  GetBucketLocation: 'x-amz-expected-bucket-owner',
  GetBucketLogging: 'x-amz-expected-bucket-owner',
  GetBucketMetadataConfiguration: 'x-amz-expected-bucket-owner',
  GetBucketMetadataTableConfiguration: 'x-amz-expected-bucket-owner',
  GetBucketMetricsConfiguration: 'x-amz-expected-bucket-owner',
  GetBucketNotification: 'x-amz-expected-bucket-owner',
  GetBucketNotificationConfiguration: 'x-amz-expected-bucket-owner',
  GetBucketOwnershipControls: 'x-amz-expected-bucket-owner',
  GetBucketPolicy: 'x-amz-expected-bucket-owner',
  GetBucketPolicyStatus: 'x-amz-expected-bucket-owner',
  GetBucketReplication: 'x-amz-expected-bucket-owner',
  GetBucketRequestPayment: 'x-amz-expected-bucket-owner',
  GetBucketTagging: 'x-amz-expected-bucket-owner',
  GetBucketVersioning: 'x-amz-expected-bucket-owner',
  GetBucketWebsite: 'x-amz-expected-bucket-owner',
  GetObject:
    'if-match if-modified-since if-none-match if-unmodified-since range x-amz-checksum-mode ' +
    'x-amz-expected-bucket-owner x-amz-request-payer x-amz-server-side-encryption-customer-algorithm ' +
    'x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5',
  GetObjectAcl: 'x-amz-expected-bucket-owner x-amz-request-payer',
  GetObjectAnnotation: 'x-amz-checksum-mode x-amz-expected-bucket-owner x-amz-request-payer',
  GetObjectAttributes:
    'x-amz-expected-bucket-owner x-amz-max-parts x-amz-object-attributes x-amz-part-number-marker ' +
    'x-amz-request-payer x-amz-server-side-encryption-customer-algorithm ' +
    'x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5',
  GetObjectLegalHold: 'x-amz-expected-bucket-owner x-amz-request-payer',
  GetObjectLockConfiguration: 'x-amz-expected-bucket-owner',
  GetObjectRetention: 'x-amz-expected-bucket-owner x-amz-request-payer',
  GetObjectTagging: 'x-amz-expected-bucket-owner x-amz-request-payer',
  GetObjectTorrent: 'x-amz-expected-bucket-owner x-amz-request-payer',
  GetPublicAccessBlock: 'x-amz-expected-bucket-owner',
  HeadBucket: 'x-amz-expected-bucket-owner',
  HeadObject:
    'if-match if-modified-since if-none-match if-unmodified-since range x-amz-checksum-mode ' +
    'x-amz-expected-bucket-owner x-amz-request-payer x-amz-server-side-encryption-customer-algorithm ' +
    'x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5',
  ListBucketAnalyticsConfigurations: 'x-amz-expected-bucket-owner',
  ListBucketIntelligentTieringConfigurations: 'x-amz-expected-bucket-owner',
  ListBucketInventoryConfigurations: 'x-amz-expected-bucket-owner',
  ListBucketMetricsConfigurations: 'x-amz-expected-bucket-owner',
  ListBuckets: '',
  ListDirectoryBuckets: '',
  ListMultipartUploads: 'x-amz-expected-bucket-owner x-amz-request-payer',
  ListObjectAnnotations: 'x-amz-expected-bucket-owner x-amz-request-payer',
  ListObjectVersions: 'x-amz-expected-bucket-owner x-amz-optional-object-attributes x-amz-request-payer',
  ListObjects: 'x-amz-expected-bucket-owner x-amz-optional-object-attributes x-amz-request-payer',
  ListObjectsV2: 'x-amz-expected-bucket-owner x-amz-optional-object-attributes x-amz-request-payer',
  ListParts:
    'x-amz-expected-bucket-owner x-amz-request-payer x-amz-server-side-encryption-customer-algorithm ' +
    'x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5',
  PutBucketAbac: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketAccelerateConfiguration: 'x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketAcl:
    'content-md5 x-amz-acl x-amz-expected-bucket-owner x-amz-grant-full-control x-amz-grant-read ' +
    'x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp x-amz-sdk-checksum-algorithm',
  PutBucketAnalyticsConfiguration: 'x-amz-expected-bucket-owner',
  PutBucketCors: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketEncryption: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketIntelligentTieringConfiguration: 'x-amz-expected-bucket-owner',
  PutBucketInventoryConfiguration: 'x-amz-expected-bucket-owner',
  PutBucketLifecycle: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketLifecycleConfiguration:
    'x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm ' +
    'x-amz-transition-default-minimum-object-size',
  PutBucketLogging: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketMetricsConfiguration: 'x-amz-expected-bucket-owner',
  PutBucketNotification: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketNotificationConfiguration: 'x-amz-expected-bucket-owner x-amz-skip-destination-validation',
  PutBucketOwnershipControls: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketPolicy:
    'content-md5 x-amz-confirm-remove-self-bucket-access x-amz-expected-bucket-owner ' +
    'x-amz-sdk-checksum-algorithm',
  PutBucketReplication:
    'content-md5 x-amz-bucket-object-lock-token x-amz-expected-bucket-owner ' +
    'x-amz-sdk-checksum-algorithm',
  PutBucketRequestPayment: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketTagging: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutBucketVersioning: 'content-md5 x-amz-expected-bucket-owner x-amz-mfa x-amz-sdk-checksum-algorithm',
  PutBucketWebsite: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  PutObject:
    'cache-control content-disposition content-encoding content-language content-length content-md5 ' +
    'content-type expires if-match if-none-match x-amz-acl x-amz-checksum-crc32 x-amz-checksum-crc32c ' +
    'x-amz-checksum-crc64nvme x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 ' +
    'x-amz-checksum-sha512 x-amz-checksum-xxhash128 x-amz-checksum-xxhash3 x-amz-checksum-xxhash64 ' +
    'x-amz-expected-bucket-owner x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp ' +
    'x-amz-grant-write-acp x-amz-object-lock-event-hold x-amz-object-lock-event-hold-duration-days ' +
    'x-amz-object-lock-event-hold-duration-years x-amz-object-lock-legal-hold x-amz-object-lock-mode ' +
    'x-amz-object-lock-retain-until-date x-amz-request-payer x-amz-sdk-checksum-algorithm ' +
    'x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id ' +
    'x-amz-server-side-encryption-bucket-key-enabled x-amz-server-side-encryption-context ' +
    'x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key ' +
    'x-amz-server-side-encryption-customer-key-md5 x-amz-storage-class x-amz-tagging ' +
    'x-amz-website-redirect-location x-amz-write-offset-bytes',
  PutObjectAcl:
    'content-md5 x-amz-acl x-amz-expected-bucket-owner x-amz-grant-full-control x-amz-grant-read ' +
    'x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp x-amz-request-payer ' +
    'x-amz-sdk-checksum-algorithm',
  PutObjectAnnotation:
    'content-md5 x-amz-checksum-crc32 x-amz-checksum-crc32c x-amz-checksum-crc64nvme ' +
    'x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 x-amz-checksum-sha512 ' +
    'x-amz-checksum-xxhash128 x-amz-checksum-xxhash3 x-amz-checksum-xxhash64 ' +
    'x-amz-expected-bucket-owner x-amz-object-if-match x-amz-request-payer ' +
    'x-amz-sdk-checksum-algorithm',
  PutObjectLegalHold:
    'content-md5 x-amz-expected-bucket-owner x-amz-request-payer x-amz-sdk-checksum-algorithm',
  PutObjectLockConfiguration:
    'content-md5 x-amz-bucket-object-lock-token x-amz-expected-bucket-owner x-amz-request-payer ' +
    'x-amz-sdk-checksum-algorithm',
  PutObjectRetention:
    'content-md5 x-amz-bypass-governance-retention x-amz-expected-bucket-owner x-amz-request-payer ' +
    'x-amz-sdk-checksum-algorithm',
  PutObjectTagging:
    'content-md5 x-amz-expected-bucket-owner x-amz-request-payer x-amz-sdk-checksum-algorithm',
  PutPublicAccessBlock: 'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  RenameObject:
    'if-match if-modified-since if-none-match if-unmodified-since x-amz-client-token ' +
    'x-amz-rename-source x-amz-rename-source-if-match x-amz-rename-source-if-modified-since ' +
    'x-amz-rename-source-if-none-match x-amz-rename-source-if-unmodified-since',
  RestoreObject: 'x-amz-expected-bucket-owner x-amz-request-payer x-amz-sdk-checksum-algorithm',
  SelectObjectContent:
    'x-amz-expected-bucket-owner x-amz-server-side-encryption-customer-algorithm ' +
    'x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5',
  UpdateBucketMetadataAnnotationTableConfiguration:
    'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  UpdateBucketMetadataInventoryTableConfiguration:
    'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  UpdateBucketMetadataJournalTableConfiguration:
    'content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm',
  UpdateObjectEncryption:
    'content-md5 x-amz-expected-bucket-owner x-amz-request-payer x-amz-sdk-checksum-algorithm',
  UploadPart:
    'content-length content-md5 x-amz-checksum-crc32 x-amz-checksum-crc32c x-amz-checksum-crc64nvme ' +
    'x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 x-amz-checksum-sha512 ' +
    'x-amz-checksum-xxhash128 x-amz-checksum-xxhash3 x-amz-checksum-xxhash64 ' +
    'x-amz-expected-bucket-owner x-amz-request-payer x-amz-sdk-checksum-algorithm ' +
    'x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key ' +
    'x-amz-server-side-encryption-customer-key-md5',
  UploadPartCopy:
    'x-amz-copy-source x-amz-copy-source-if-match x-amz-copy-source-if-modified-since ' +
    'x-amz-copy-source-if-none-match x-amz-copy-source-if-unmodified-since x-amz-copy-source-range ' +
    'x-amz-copy-source-server-side-encryption-customer-algorithm ' +
    'x-amz-copy-source-server-side-encryption-customer-key ' +
    'x-amz-copy-source-server-side-encryption-customer-key-md5 x-amz-expected-bucket-owner ' +
    'x-amz-request-payer x-amz-server-side-encryption-customer-algorithm ' +
    'x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5 ' +
    'x-amz-source-expected-bucket-owner',
  WriteGetObjectResponse:
    'content-length x-amz-fwd-error-code x-amz-fwd-error-message x-amz-fwd-header-accept-ranges ' +
    'x-amz-fwd-header-cache-control x-amz-fwd-header-content-disposition ' +
    'x-amz-fwd-header-content-encoding x-amz-fwd-header-content-language ' +
    'x-amz-fwd-header-content-range x-amz-fwd-header-content-type x-amz-fwd-header-etag ' +
    'x-amz-fwd-header-expires x-amz-fwd-header-last-modified x-amz-fwd-header-x-amz-checksum-crc32 ' +
    'x-amz-fwd-header-x-amz-checksum-crc32c x-amz-fwd-header-x-amz-checksum-crc64nvme ' +
    'x-amz-fwd-header-x-amz-checksum-md5 x-amz-fwd-header-x-amz-checksum-sha1 ' +
    'x-amz-fwd-header-x-amz-checksum-sha256 x-amz-fwd-header-x-amz-checksum-sha512 ' +
    'x-amz-fwd-header-x-amz-checksum-xxhash128 x-amz-fwd-header-x-amz-checksum-xxhash3 ' +
    'x-amz-fwd-header-x-amz-checksum-xxhash64 x-amz-fwd-header-x-amz-delete-marker ' +
    'x-amz-fwd-header-x-amz-expiration x-amz-fwd-header-x-amz-missing-meta ' +
    'x-amz-fwd-header-x-amz-mp-parts-count x-amz-fwd-header-x-amz-object-lock-legal-hold ' +
    'x-amz-fwd-header-x-amz-object-lock-mode x-amz-fwd-header-x-amz-object-lock-retain-until-date ' +
    'x-amz-fwd-header-x-amz-replication-status x-amz-fwd-header-x-amz-request-charged ' +
    'x-amz-fwd-header-x-amz-restore x-amz-fwd-header-x-amz-server-side-encryption ' +
    'x-amz-fwd-header-x-amz-server-side-encryption-aws-kms-key-id ' +
    'x-amz-fwd-header-x-amz-server-side-encryption-bucket-key-enabled ' +
    'x-amz-fwd-header-x-amz-server-side-encryption-customer-algorithm ' +
    'x-amz-fwd-header-x-amz-server-side-encryption-customer-key-md5 ' +
    'x-amz-fwd-header-x-amz-storage-class x-amz-fwd-header-x-amz-tagging-count ' +
    'x-amz-fwd-header-x-amz-version-id x-amz-fwd-status x-amz-request-route x-amz-request-token',
};

/** The headers of all answers, in lower case. */
export const MODEL_ANSWERS =
  'accept-ranges cache-control content-disposition content-encoding content-language content-length ' +
  'content-range content-type etag expires last-modified location x-amz-abort-date ' +
  'x-amz-abort-rule-id x-amz-access-point-alias x-amz-archive-status x-amz-bucket-arn ' +
  'x-amz-bucket-location-name x-amz-bucket-location-type x-amz-bucket-region ' +
  'x-amz-checksum-algorithm x-amz-checksum-crc32 x-amz-checksum-crc32c x-amz-checksum-crc64nvme ' +
  'x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 x-amz-checksum-sha512 ' +
  'x-amz-checksum-type x-amz-checksum-xxhash128 x-amz-checksum-xxhash3 x-amz-checksum-xxhash64 ' +
  'x-amz-copy-source-version-id x-amz-delete-marker x-amz-expiration x-amz-missing-meta ' +
  'x-amz-mp-parts-count x-amz-object-lock-event-hold x-amz-object-lock-event-hold-duration-days ' +
  'x-amz-object-lock-event-hold-duration-years x-amz-object-lock-legal-hold x-amz-object-lock-mode ' +
  'x-amz-object-lock-retain-until-date x-amz-object-size x-amz-object-version-id ' +
  'x-amz-replication-status x-amz-request-charged x-amz-restore x-amz-restore-output-path ' +
  'x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id ' +
  'x-amz-server-side-encryption-bucket-key-enabled x-amz-server-side-encryption-context ' +
  'x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key-md5 ' +
  'x-amz-storage-class x-amz-tagging-count x-amz-transition-default-minimum-object-size ' +
  'x-amz-version-id x-amz-website-redirect-location';
