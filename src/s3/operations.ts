import { OBS_OPERATIONS } from './obs-operations.ts';
import { type Access, type Row, row } from './operation-row.ts';

export type { Access };

export type Operation = Row<OperationName>;

/** `GetObject`, `PutObject` …: a name that no row has does not compile. */
export type OperationName = (typeof OPERATION_ROWS)[number]['name'];

/**
 * Every S3 operation, one row each, and behind them those of OBS that S3 lacks.
 * Source: the S3 API model (2006-03-01), plus PostObject and the CORS preflight.
 */
const VERSION = ['versionId'];
/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html; a part is read by its number. */
const READING = [
  'versionId',
  'partNumber',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
];
/** Of both lists; `allow-unordered` is Ceph's, `metadata` MinIO's. */
const LISTING = [
  'allow-unordered',
  'continuation-token',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'list-type',
  'marker',
  'max-keys',
  'metadata',
  'prefix',
  'start-after',
];
const PAGED = ['continuation-token'];

const OPERATION_ROWS = [
  // The service
  row('ListBuckets', 'GET', 'service', [], {
    options: ['bucket-region', 'continuation-token', 'max-buckets', 'prefix'],
  }),
  row('ListDirectoryBuckets', 'GET', 'service', [], {
    options: ['continuation-token', 'max-directory-buckets'],
  }),
  row('WriteGetObjectResponse', 'POST', 'service', [], {
    headers: ['x-amz-request-route', 'x-amz-request-token'],
    access: 'write',
    body: 'stream',
  }),
  // Buckets
  row('CreateBucket', 'PUT', 'bucket', [], { body: 'xml' }),
  row('CreateBucketMetadataConfiguration', 'POST', 'bucket', ['metadataConfiguration'], { body: 'xml' }),
  row('CreateBucketMetadataTableConfiguration', 'POST', 'bucket', ['metadataTable'], { body: 'xml' }),
  // Hands out credentials with which clients would go around the proxy.
  row('CreateSession', 'GET', 'bucket', ['session'], { listed: true }),
  row('DeleteBucket', 'DELETE', 'bucket'),
  row('DeleteBucketAnalyticsConfiguration', 'DELETE', 'bucket', ['analytics', 'id']),
  row('DeleteBucketCors', 'DELETE', 'bucket', ['cors']),
  row('DeleteBucketEncryption', 'DELETE', 'bucket', ['encryption']),
  row('DeleteBucketIntelligentTieringConfiguration', 'DELETE', 'bucket', ['intelligent-tiering', 'id']),
  row('DeleteBucketInventoryConfiguration', 'DELETE', 'bucket', ['inventory', 'id']),
  row('DeleteBucketLifecycle', 'DELETE', 'bucket', ['lifecycle']),
  row('DeleteBucketMetadataConfiguration', 'DELETE', 'bucket', ['metadataConfiguration']),
  row('DeleteBucketMetadataTableConfiguration', 'DELETE', 'bucket', ['metadataTable']),
  row('DeleteBucketMetricsConfiguration', 'DELETE', 'bucket', ['metrics', 'id']),
  row('DeleteBucketOwnershipControls', 'DELETE', 'bucket', ['ownershipControls']),
  row('DeleteBucketPolicy', 'DELETE', 'bucket', ['policy']),
  row('DeleteBucketReplication', 'DELETE', 'bucket', ['replication']),
  row('DeleteBucketTagging', 'DELETE', 'bucket', ['tagging']),
  row('DeleteBucketWebsite', 'DELETE', 'bucket', ['website']),
  row('DeleteObjects', 'POST', 'bucket', ['delete'], { body: 'xml', access: 'delete' }),
  row('DeletePublicAccessBlock', 'DELETE', 'bucket', ['publicAccessBlock']),
  row('GetBucketAbac', 'GET', 'bucket', ['abac']),
  row('GetBucketAccelerateConfiguration', 'GET', 'bucket', ['accelerate']),
  row('GetBucketAcl', 'GET', 'bucket', ['acl']),
  row('GetBucketAnalyticsConfiguration', 'GET', 'bucket', ['analytics', 'id']),
  row('GetBucketCors', 'GET', 'bucket', ['cors']),
  row('GetBucketEncryption', 'GET', 'bucket', ['encryption'], { access: 'list' }),
  row('GetBucketIntelligentTieringConfiguration', 'GET', 'bucket', ['intelligent-tiering', 'id']),
  row('GetBucketInventoryConfiguration', 'GET', 'bucket', ['inventory', 'id']),
  row('GetBucketLifecycleConfiguration', 'GET', 'bucket', ['lifecycle']),
  row('GetBucketLifecycle', 'GET', 'bucket', ['lifecycle']),
  row('GetBucketLocation', 'GET', 'bucket', ['location'], { access: 'list' }),
  row('GetBucketLogging', 'GET', 'bucket', ['logging']),
  row('GetBucketMetadataConfiguration', 'GET', 'bucket', ['metadataConfiguration']),
  row('GetBucketMetadataTableConfiguration', 'GET', 'bucket', ['metadataTable']),
  row('GetBucketMetricsConfiguration', 'GET', 'bucket', ['metrics', 'id']),
  row('GetBucketNotificationConfiguration', 'GET', 'bucket', ['notification']),
  row('GetBucketNotification', 'GET', 'bucket', ['notification']),
  row('GetBucketOwnershipControls', 'GET', 'bucket', ['ownershipControls']),
  row('GetBucketPolicy', 'GET', 'bucket', ['policy']),
  row('GetBucketPolicyStatus', 'GET', 'bucket', ['policyStatus']),
  row('GetBucketReplication', 'GET', 'bucket', ['replication']),
  row('GetBucketRequestPayment', 'GET', 'bucket', ['requestPayment']),
  row('GetBucketTagging', 'GET', 'bucket', ['tagging']),
  row('GetBucketVersioning', 'GET', 'bucket', ['versioning'], { access: 'list' }),
  row('GetBucketWebsite', 'GET', 'bucket', ['website']),
  row('GetObjectLockConfiguration', 'GET', 'bucket', ['object-lock'], { access: 'list' }),
  row('GetPublicAccessBlock', 'GET', 'bucket', ['publicAccessBlock']),
  row('HeadBucket', 'HEAD', 'bucket', [], { access: 'list' }),
  row('ListBucketAnalyticsConfigurations', 'GET', 'bucket', ['analytics'], { options: PAGED }),
  row('ListBucketIntelligentTieringConfigurations', 'GET', 'bucket', ['intelligent-tiering'], {
    options: PAGED,
  }),
  row('ListBucketInventoryConfigurations', 'GET', 'bucket', ['inventory'], { options: PAGED }),
  row('ListBucketMetricsConfigurations', 'GET', 'bucket', ['metrics'], { options: PAGED }),
  row('ListMultipartUploads', 'GET', 'bucket', ['uploads'], {
    access: 'list',
    options: ['delimiter', 'encoding-type', 'key-marker', 'max-uploads', 'prefix', 'upload-id-marker'],
  }),
  row('ListObjectVersions', 'GET', 'bucket', ['versions'], {
    access: 'list',
    options: [
      'delimiter',
      'encoding-type',
      'key-marker',
      'max-keys',
      'metadata',
      'prefix',
      'version-id-marker',
    ],
  }),
  row('ListObjects', 'GET', 'bucket', [], { access: 'list', options: LISTING }),
  row('ListObjectsV2', 'GET', 'bucket', ['list-type=2'], { access: 'list', options: LISTING }),
  row('PutBucketAbac', 'PUT', 'bucket', ['abac'], { body: 'xml' }),
  row('PutBucketAccelerateConfiguration', 'PUT', 'bucket', ['accelerate'], { body: 'xml' }),
  row('PutBucketAcl', 'PUT', 'bucket', ['acl'], { body: 'xml' }),
  row('PutBucketAnalyticsConfiguration', 'PUT', 'bucket', ['analytics', 'id'], { body: 'xml' }),
  row('PutBucketCors', 'PUT', 'bucket', ['cors'], { body: 'xml' }),
  row('PutBucketEncryption', 'PUT', 'bucket', ['encryption'], { body: 'xml' }),
  row('PutBucketIntelligentTieringConfiguration', 'PUT', 'bucket', ['intelligent-tiering', 'id'], {
    body: 'xml',
  }),
  row('PutBucketInventoryConfiguration', 'PUT', 'bucket', ['inventory', 'id'], { body: 'xml' }),
  row('PutBucketLifecycleConfiguration', 'PUT', 'bucket', ['lifecycle'], { body: 'xml' }),
  row('PutBucketLifecycle', 'PUT', 'bucket', ['lifecycle'], { body: 'xml' }),
  row('PutBucketLogging', 'PUT', 'bucket', ['logging'], { body: 'xml' }),
  row('PutBucketMetricsConfiguration', 'PUT', 'bucket', ['metrics', 'id'], { body: 'xml' }),
  row('PutBucketNotificationConfiguration', 'PUT', 'bucket', ['notification'], { body: 'xml' }),
  row('PutBucketNotification', 'PUT', 'bucket', ['notification'], { body: 'xml' }),
  row('PutBucketOwnershipControls', 'PUT', 'bucket', ['ownershipControls'], { body: 'xml' }),
  row('PutBucketPolicy', 'PUT', 'bucket', ['policy'], { body: 'raw' }),
  row('PutBucketReplication', 'PUT', 'bucket', ['replication'], { body: 'xml' }),
  row('PutBucketRequestPayment', 'PUT', 'bucket', ['requestPayment'], { body: 'xml' }),
  row('PutBucketTagging', 'PUT', 'bucket', ['tagging'], { body: 'xml' }),
  row('PutBucketVersioning', 'PUT', 'bucket', ['versioning'], { body: 'xml' }),
  row('PutBucketWebsite', 'PUT', 'bucket', ['website'], { body: 'xml' }),
  row('PutObjectLockConfiguration', 'PUT', 'bucket', ['object-lock'], { body: 'xml' }),
  row('PutPublicAccessBlock', 'PUT', 'bucket', ['publicAccessBlock'], { body: 'xml' }),
  row('UpdateBucketMetadataAnnotationTableConfiguration', 'PUT', 'bucket', ['metadataAnnotationTable'], {
    body: 'xml',
  }),
  row('UpdateBucketMetadataInventoryTableConfiguration', 'PUT', 'bucket', ['metadataInventoryTable'], {
    body: 'xml',
  }),
  row('UpdateBucketMetadataJournalTableConfiguration', 'PUT', 'bucket', ['metadataJournalTable'], {
    body: 'xml',
  }),
  row('PostObject', 'POST', 'bucket', [], {
    headers: ['content-type=multipart/form-data'],
    ssec: 'write',
    body: 'form',
    access: 'write',
  }),
  // Objects
  row('AbortMultipartUpload', 'DELETE', 'object', ['uploadId'], { access: 'write' }),
  row('CompleteMultipartUpload', 'POST', 'object', ['uploadId'], { ssec: 'upload', body: 'xml' }),
  row('CopyObject', 'PUT', 'object', [], { headers: ['x-amz-copy-source'], ssec: 'write', copies: true }),
  row('CreateMultipartUpload', 'POST', 'object', ['uploads'], { ssec: 'write' }),
  row('DeleteObject', 'DELETE', 'object', [], { options: VERSION }),
  row('DeleteObjectAnnotation', 'DELETE', 'object', ['annotation', 'annotationName'], {
    access: 'write',
    options: VERSION,
  }),
  row('DeleteObjectTagging', 'DELETE', 'object', ['tagging'], { access: 'write', options: VERSION }),
  row('GetObject', 'GET', 'object', [], { ssec: 'read', options: [...READING, 'attname'] }),
  row('GetObjectAcl', 'GET', 'object', ['acl'], { options: VERSION }),
  row('GetObjectAnnotation', 'GET', 'object', ['annotation', 'annotationName'], {
    options: VERSION,
    listed: true,
  }),
  row('GetObjectAttributes', 'GET', 'object', ['attributes'], {
    options: VERSION,
    headers: ['x-amz-object-attributes'],
    ssec: 'read',
    echoes: false,
  }),
  row('GetObjectLegalHold', 'GET', 'object', ['legal-hold'], { options: VERSION }),
  row('GetObjectRetention', 'GET', 'object', ['retention'], { options: VERSION }),
  row('GetObjectTagging', 'GET', 'object', ['tagging'], { options: VERSION }),
  row('GetObjectTorrent', 'GET', 'object', ['torrent'], { listed: true }),
  row('HeadObject', 'HEAD', 'object', [], { ssec: 'read', options: READING }),
  row('ListObjectAnnotations', 'GET', 'object', ['annotation'], {
    options: ['annotation-prefix', 'continuation-token', 'max-annotation-results', 'versionId'],
  }),
  row('ListParts', 'GET', 'object', ['uploadId'], {
    ssec: 'upload',
    access: 'write',
    options: ['encoding-type', 'max-parts', 'part-number-marker'],
  }),
  row('PutObject', 'PUT', 'object', [], { ssec: 'write', body: 'stream' }),
  row('PutObjectAcl', 'PUT', 'object', ['acl'], { body: 'xml', options: VERSION }),
  row('PutObjectAnnotation', 'PUT', 'object', ['annotation', 'annotationName'], {
    body: 'stream',
    options: VERSION,
  }),
  row('PutObjectLegalHold', 'PUT', 'object', ['legal-hold'], { body: 'xml', options: VERSION }),
  row('PutObjectRetention', 'PUT', 'object', ['retention'], { body: 'xml', options: VERSION }),
  row('PutObjectTagging', 'PUT', 'object', ['tagging'], { body: 'xml', options: VERSION }),
  row('RenameObject', 'PUT', 'object', ['renameObject'], { headers: ['x-amz-rename-source'] }),
  row('RestoreObject', 'POST', 'object', ['restore'], { body: 'xml', options: VERSION }),
  row('SelectObjectContent', 'POST', 'object', ['select', 'select-type=2'], {
    ssec: 'read',
    echoes: false,
    body: 'xml',
    access: 'read',
  }),
  row('UpdateObjectEncryption', 'PUT', 'object', ['encryption'], { body: 'xml', options: VERSION }),
  row('UploadPart', 'PUT', 'object', ['partNumber', 'uploadId'], { ssec: 'write', body: 'stream' }),
  row('UploadPartCopy', 'PUT', 'object', ['partNumber', 'uploadId'], {
    headers: ['x-amz-copy-source'],
    ssec: 'write',
    copies: true,
  }),
  row('CorsPreflight', 'OPTIONS', 'object', [], { headers: ['origin', 'access-control-request-method'] }),
  ...OBS_OPERATIONS,
];

export const OPERATIONS: readonly Operation[] = OPERATION_ROWS;

const BY_NAME: ReadonlyMap<OperationName, Operation> = new Map(OPERATIONS.map((one) => [one.name, one]));

export function operation(name: OperationName): Operation {
  const found = BY_NAME.get(name);
  if (!found) throw new TypeError(`there is no operation ${name}`);
  return found;
}
