/**
 * Every S3 operation, a row each: what tells it apart and what SSE-C has to do with it.
 * Source: the S3 API model (2006-03-01), with PostObject and the CORS preflight beside it.
 */
interface Row<Name extends string> {
  readonly name: Name;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS';
  readonly shape: 'service' | 'bucket' | 'object';
  /** Query names that must all be there; `name=value` demands the value too. */
  readonly query: readonly string[];
  /** Lower-case header names that must all be there; `name=value` demands what the value begins with. */
  readonly headers: readonly string[];
  /** `upload`: CompleteMultipartUpload and ListParts, which need the SSE-C key for checksums only. */
  readonly ssec: 'none' | 'read' | 'write' | 'upload';
  /** Does the answer to a request with an SSE-C key name the key? */
  readonly echoes: boolean;
  /** Takes `x-amz-copy-source` and the SSE-C headers of the source. */
  readonly copies: boolean;
  readonly body: 'none' | 'xml' | 'raw' | 'form' | 'stream';
  /** Does it write to a part of an object that is not its content? The queries of a multipart upload are no sub-resource. */
  readonly writesSubresource: boolean;
  /** Is it one of the requests that a multipart upload is made of? */
  readonly ofUpload: boolean;
  /** What a client must be allowed; `admin` is the configuration of buckets, and buckets themselves. */
  readonly access: Access;
}

export type Operation = Row<OperationName>;

/** `GetObject`, `PutObject` …: a name that no row has does not compile. */
export type OperationName = (typeof OPERATION_ROWS)[number]['name'];

export type Access = 'read' | 'write' | 'list' | 'delete' | 'admin';

type Extras = Partial<
  Omit<Row<string>, 'name' | 'method' | 'shape' | 'query' | 'writesSubresource' | 'ofUpload'>
>;

const OPERATION_ROWS = [
  // The service
  row('ListBuckets', 'GET', 'service'),
  row('ListDirectoryBuckets', 'GET', 'service'),
  row('WriteGetObjectResponse', 'POST', 'service', [], {
    headers: ['x-amz-request-route', 'x-amz-request-token'],
    access: 'write',
    body: 'stream',
  }),
  // Buckets
  row('CreateBucket', 'PUT', 'bucket', [], { body: 'xml' }),
  row('CreateBucketMetadataConfiguration', 'POST', 'bucket', ['metadataConfiguration'], { body: 'xml' }),
  row('CreateBucketMetadataTableConfiguration', 'POST', 'bucket', ['metadataTable'], { body: 'xml' }),
  row('CreateSession', 'GET', 'bucket', ['session']),
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
  row('ListBucketAnalyticsConfigurations', 'GET', 'bucket', ['analytics']),
  row('ListBucketIntelligentTieringConfigurations', 'GET', 'bucket', ['intelligent-tiering']),
  row('ListBucketInventoryConfigurations', 'GET', 'bucket', ['inventory']),
  row('ListBucketMetricsConfigurations', 'GET', 'bucket', ['metrics']),
  row('ListMultipartUploads', 'GET', 'bucket', ['uploads'], { access: 'list' }),
  row('ListObjectVersions', 'GET', 'bucket', ['versions'], { access: 'list' }),
  row('ListObjects', 'GET', 'bucket', [], { access: 'list' }),
  row('ListObjectsV2', 'GET', 'bucket', ['list-type=2'], { access: 'list' }),
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
  row('DeleteObject', 'DELETE', 'object'),
  row('DeleteObjectAnnotation', 'DELETE', 'object', ['annotation', 'annotationName'], { access: 'write' }),
  row('DeleteObjectTagging', 'DELETE', 'object', ['tagging'], { access: 'write' }),
  row('GetObject', 'GET', 'object', [], { ssec: 'read' }),
  row('GetObjectAcl', 'GET', 'object', ['acl']),
  row('GetObjectAnnotation', 'GET', 'object', ['annotation', 'annotationName']),
  row('GetObjectAttributes', 'GET', 'object', ['attributes'], {
    headers: ['x-amz-object-attributes'],
    ssec: 'read',
    echoes: false,
  }),
  row('GetObjectLegalHold', 'GET', 'object', ['legal-hold']),
  row('GetObjectRetention', 'GET', 'object', ['retention']),
  row('GetObjectTagging', 'GET', 'object', ['tagging']),
  row('GetObjectTorrent', 'GET', 'object', ['torrent']),
  row('HeadObject', 'HEAD', 'object', [], { ssec: 'read' }),
  row('ListObjectAnnotations', 'GET', 'object', ['annotation']),
  row('ListParts', 'GET', 'object', ['uploadId'], { ssec: 'upload', access: 'write' }),
  row('PutObject', 'PUT', 'object', [], { ssec: 'write', body: 'stream' }),
  row('PutObjectAcl', 'PUT', 'object', ['acl'], { body: 'xml' }),
  row('PutObjectAnnotation', 'PUT', 'object', ['annotation', 'annotationName'], { body: 'stream' }),
  row('PutObjectLegalHold', 'PUT', 'object', ['legal-hold'], { body: 'xml' }),
  row('PutObjectRetention', 'PUT', 'object', ['retention'], { body: 'xml' }),
  row('PutObjectTagging', 'PUT', 'object', ['tagging'], { body: 'xml' }),
  row('RenameObject', 'PUT', 'object', ['renameObject'], { headers: ['x-amz-rename-source'] }),
  row('RestoreObject', 'POST', 'object', ['restore'], { body: 'xml' }),
  row('SelectObjectContent', 'POST', 'object', ['select', 'select-type=2'], {
    ssec: 'read',
    echoes: false,
    body: 'xml',
    access: 'read',
  }),
  row('UpdateObjectEncryption', 'PUT', 'object', ['encryption'], { body: 'xml' }),
  row('UploadPart', 'PUT', 'object', ['partNumber', 'uploadId'], { ssec: 'write', body: 'stream' }),
  row('UploadPartCopy', 'PUT', 'object', ['partNumber', 'uploadId'], {
    headers: ['x-amz-copy-source'],
    ssec: 'write',
    copies: true,
  }),
  row('CorsPreflight', 'OPTIONS', 'object', [], { headers: ['origin', 'access-control-request-method'] }),
];

export const OPERATIONS: readonly Operation[] = OPERATION_ROWS;

const BY_NAME: ReadonlyMap<OperationName, Operation> = new Map(OPERATIONS.map((one) => [one.name, one]));

export function operation(name: OperationName): Operation {
  const found = BY_NAME.get(name);
  if (!found) throw new TypeError(`there is no operation ${name}`);
  return found;
}

function row<const Name extends string>(
  name: Name,
  method: Row<Name>['method'],
  shape: Row<Name>['shape'],
  query: readonly string[] = [],
  {
    headers = [],
    ssec = 'none',
    echoes = true,
    copies = false,
    body = 'none',
    access = usual(method, shape),
  }: Extras = {},
): Row<Name> {
  const ofUpload = shape === 'object' && (query.includes('uploads') || query.includes('uploadId'));
  const writesSubresource = shape === 'object' && writes(method) && query.length > 0 && !ofUpload;
  return {
    name,
    method,
    shape,
    query,
    headers,
    ssec,
    echoes,
    copies,
    body,
    writesSubresource,
    ofUpload,
    access,
  };
}

function writes(method: Row<string>['method']): boolean {
  return method === 'PUT' || method === 'POST' || method === 'DELETE';
}

/** What most operations of a kind need; rows that differ say so. */
function usual(method: Row<string>['method'], shape: Row<string>['shape']): Access {
  if (shape !== 'object') return shape === 'service' ? 'list' : 'admin';
  if (method === 'DELETE') return 'delete';
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'read' : 'write';
}
