import { row } from './operation-row.ts';

/** What the store does by itself is done without a key, wherever it puts it. */
const IN_PLAIN = 'the store would write objects by itself, without the key of this proxy';
/** https://support.huaweicloud.com/intl/en-us/ugpfs-obs/obs_13_0009.html */
export const NO_SSE = 'only parallel file systems have it, and they do not encrypt';

/**
 * The operations of OBS that S3 lacks. Only its provider lists them, and every client may send them, whatever its dialect:
 * the SDKs of OBS sign an AppendObject in the way of AWS too.
 * Sources: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0005.html, and the requests of its SDKs.
 *
 * Left out, and so refused: what gives a bucket a second name (`obsalias`), what has the store work upon objects by itself
 * (workflows, `mirrorRefresh`, `CDNNotifyConfiguration`), and what is about parallel file systems alone.
 */
export const OBS_OPERATIONS = [
  // Objects
  row('AppendObject', 'POST', 'object', ['append', 'position'], {
    ssec: 'write',
    body: 'stream',
    appends: true,
  }),
  row('SetObjectMetadata', 'PUT', 'object', ['metadata'], { options: ['versionId'] }),
  row('GetProcessedImage', 'GET', 'object', ['x-image-process'], {
    options: ['versionId'],
    listed: true,
    plainOnly: 'nobody says whether the store can decrypt a picture for it, or what it keeps of the outcome',
  }),
  row('ModifyObject', 'PUT', 'object', ['modify', 'position'], { body: 'stream', plainOnly: NO_SSE }),
  // By its name at OBS it would be RenameObject, which S3 has as well, of another kind.
  row('RenameFile', 'POST', 'object', ['rename', 'name'], { access: 'delete', plainOnly: NO_SSE }),
  row('TruncateObject', 'PUT', 'object', ['truncate', 'length'], { plainOnly: NO_SSE }),
  // Buckets
  row('GetBucketStorageInfo', 'GET', 'bucket', ['storageinfo'], { listed: true }),
  row('GetBucketPublicStatus', 'GET', 'bucket', ['bucketStatus'], { listed: true }),
  row('GetBucketQuota', 'GET', 'bucket', ['quota'], { listed: true }),
  row('PutBucketQuota', 'PUT', 'bucket', ['quota'], { body: 'xml' }),
  // The storage class of new objects: the first by its name at OBS, the other where it speaks S3.
  row('GetBucketStorageClass', 'GET', 'bucket', ['storageClass'], { listed: true }),
  row('PutBucketStorageClass', 'PUT', 'bucket', ['storageClass'], { body: 'xml' }),
  row('GetBucketStoragePolicy', 'GET', 'bucket', ['storagePolicy'], { listed: true }),
  row('PutBucketStoragePolicy', 'PUT', 'bucket', ['storagePolicy'], { body: 'xml' }),
  row('GetBucketCustomDomain', 'GET', 'bucket', ['customdomain'], { listed: true }),
  row('PutBucketCustomDomain', 'PUT', 'bucket', ['customdomain=*'], { body: 'xml' }),
  row('DeleteBucketCustomDomain', 'DELETE', 'bucket', ['customdomain=*']),
  row('GetBucketDirectColdAccess', 'GET', 'bucket', ['directcoldaccess'], { listed: true }),
  row('PutBucketDirectColdAccess', 'PUT', 'bucket', ['directcoldaccess'], { body: 'xml' }),
  row('DeleteBucketDirectColdAccess', 'DELETE', 'bucket', ['directcoldaccess']),
  row('GetBucketDisPolicy', 'GET', 'bucket', ['disPolicy'], { listed: true }),
  row('PutBucketDisPolicy', 'PUT', 'bucket', ['disPolicy'], { body: 'raw' }),
  row('DeleteBucketDisPolicy', 'DELETE', 'bucket', ['disPolicy']),
  row('GetBucketCompressPolicy', 'GET', 'bucket', ['obscompresspolicy'], { listed: true }),
  row('PutBucketCompressPolicy', 'PUT', 'bucket', ['obscompresspolicy'], {
    body: 'raw',
    plainOnly: IN_PLAIN,
  }),
  row('DeleteBucketCompressPolicy', 'DELETE', 'bucket', ['obscompresspolicy']),
  row('GetBucketMirrorBackToSource', 'GET', 'bucket', ['mirrorBackToSource'], { listed: true }),
  row('PutBucketMirrorBackToSource', 'PUT', 'bucket', ['mirrorBackToSource'], {
    body: 'raw',
    plainOnly: IN_PLAIN,
  }),
  row('DeleteBucketMirrorBackToSource', 'DELETE', 'bucket', ['mirrorBackToSource']),
];

/** Lower-case name of a query parameter that only these have → as it is spelled. */
const SPELLED: ReadonlyMap<string, string> = new Map(
  OBS_OPERATIONS.flatMap(({ query }) => query.map((condition) => condition.split('=')[0] as string)).map(
    (name) => [name.toLowerCase(), name] as const,
  ),
);

/**
 * OBS compares the names of its sub-resources in lower case, and signs them so: to it, `?Append` is an append.
 * @returns the name of a query parameter as the table has it; other names as they came
 */
export function asSpelled(name: string): string {
  return SPELLED.get(name.toLowerCase()) ?? name;
}

/** The operation on an object whose first parameter is there and whose second one is not. */
export function lackedBy(
  method: string,
  has: (name: string) => boolean,
): { readonly operation: string; readonly parameter: string } | undefined {
  for (const { name: operation, method: asked, query } of OBS_OPERATIONS) {
    const [first, parameter] = query;
    if (asked !== method || first === undefined || parameter === undefined) continue;
    if (has(first) && !has(parameter)) return { operation, parameter };
  }
  return undefined;
}
