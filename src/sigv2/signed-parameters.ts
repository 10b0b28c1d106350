import { OPERATIONS } from '../s3/operations.ts';

/** They choose an operation, but no client signs them. They lead to nothing that the caller may not do anyway. */
const NEVER_SIGNED: ReadonlySet<string> = new Set(['apiversion', 'id', 'list-type']);

/** What chooses an operation here is signed, so that nobody can turn one signed request into another. */
const OF_OPERATIONS = OPERATIONS.flatMap(({ query }) =>
  query.map((condition) => condition.split('=')[0] ?? ''),
).filter((name) => !NEVER_SIGNED.has(name));

const RESPONSES = 'cache-control content-disposition content-encoding content-language content-type expires'
  .split(' ')
  .map((name) => `response-${name}`);

/**
 * The parameters that are part of the canonical resource: those that S3 documents, and every other that chooses an
 * operation here. The first lists have those of boto and AWS that choose no operation.
 */
export const S3_PARAMETERS: ReadonlySet<string> = new Set([
  ...'defaultObjectAcl storageClass select-type versionId partNumber uploadId'.split(' '),
  ...RESPONSES,
  ...OF_OPERATIONS,
]);

/**
 * The same for OBS, in lower case: the union of what its SDKs for Python, Node.js, Go and Java sign and of the API
 * reference. A name that one of them leaves out is one that it never sends.
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html
 */
export const OBS_PARAMETERS: ReadonlySet<string> = new Set([
  ...`acl append attname backtosource bucketstatus cdnnotifyconfiguration cors customdomain delete deletebucket
  directcoldaccess dispolicy encryption fileinterface getcontentsummary ignore-sign-in-query inventory length lifecycle
  listcontentsummary location logging metadata mirrorbacktosource mirrorrefresh modify multilistcontentsummary name
  notification object-lock obsalias obsbucketalias obscompresspolicy obsworkflowtriggerpolicy partnumber policy
  policystatus position publicaccessblock quota readahead rename replication replication_progress requestpayment restore
  retention select select-type storageclass storageinfo storagepolicy symlink tagging torrent truncate uploadid uploads
  versionid versioning versions website x-image-process x-image-save-bucket x-image-save-object x-oss-process`.split(
    /\s+/,
  ),
  ...RESPONSES,
  ...OF_OPERATIONS.map((name) => name.toLowerCase()),
]);
