/**
 * What the answer to a read of a sub-resource, or a list, begins with: the root element of its document, in lower case. An
 * answer that begins otherwise is that of another operation: a store that does not know `?annotation` reads the object.
 * Sources: the S3 API reference, and what Ceph, MinIO, SeaweedFS and versitygw are seen or written to answer.
 */
export const ANSWER_ROOTS: Readonly<Record<string, readonly string[]>> = {
  GetBucketAbac: ['abacstatus'],
  GetBucketAccelerateConfiguration: ['accelerateconfiguration'],
  GetBucketAcl: ['accesscontrolpolicy'],
  GetBucketAnalyticsConfiguration: ['analyticsconfiguration'],
  GetBucketCors: ['corsconfiguration'],
  GetBucketEncryption: ['serversideencryptionconfiguration'],
  GetBucketIntelligentTieringConfiguration: ['intelligenttieringconfiguration'],
  GetBucketInventoryConfiguration: ['inventoryconfiguration'],
  GetBucketLifecycleConfiguration: ['lifecycleconfiguration'],
  GetBucketLifecycle: ['lifecycleconfiguration'],
  GetBucketLogging: ['bucketloggingstatus'],
  GetBucketMetadataConfiguration: ['getbucketmetadataconfigurationresult'],
  GetBucketMetadataTableConfiguration: ['getbucketmetadatatableconfigurationresult'],
  GetBucketMetricsConfiguration: ['metricsconfiguration'],
  GetBucketNotificationConfiguration: ['notificationconfiguration'],
  GetBucketNotification: ['notificationconfiguration'],
  GetBucketOwnershipControls: ['ownershipcontrols'],
  // A policy is JSON.
  GetBucketPolicy: ['{'],
  GetBucketPolicyStatus: ['policystatus'],
  GetBucketReplication: ['replicationconfiguration'],
  GetBucketRequestPayment: ['requestpaymentconfiguration'],
  GetBucketTagging: ['tagging'],
  GetBucketVersioning: ['versioningconfiguration'],
  GetBucketWebsite: ['websiteconfiguration'],
  GetObjectLockConfiguration: ['objectlockconfiguration'],
  // Ceph has a name of its own.
  GetPublicAccessBlock: ['publicaccessblockconfiguration', 'blockpublicaccessblockconfiguration'],
  ListBucketAnalyticsConfigurations: [
    'listbucketanalyticsconfigurationresult',
    'listbucketanalyticsconfigurationsoutput',
  ],
  ListBucketIntelligentTieringConfigurations: [
    'listbucketintelligenttieringconfigurationsoutput',
    'listbucketintelligenttieringconfigurationsresult',
  ],
  ListBucketInventoryConfigurations: [
    'listinventoryconfigurationsresult',
    'listbucketinventoryconfigurationsoutput',
  ],
  ListBucketMetricsConfigurations: [
    'listmetricsconfigurationsresult',
    'listbucketmetricsconfigurationsoutput',
  ],
  ListMultipartUploads: ['listmultipartuploadsresult'],
  ListObjectVersions: ['listversionsresult'],
  ListObjects: ['listbucketresult'],
  ListObjectsV2: ['listbucketresult'],
  GetObjectAcl: ['accesscontrolpolicy'],
  // MinIO names it by a type of its program.
  GetObjectAttributes: [
    'getobjectattributesresponse',
    'getobjectattributesoutput',
    'getobjectattributesresult',
  ],
  GetObjectLegalHold: ['legalhold'],
  GetObjectRetention: ['retention'],
  GetObjectTagging: ['tagging'],
  ListObjectAnnotations: ['listobjectannotationsresult', 'listobjectannotationsoutput'],
  ListParts: ['listpartsresult'],
};
