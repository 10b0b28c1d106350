import type { Target } from '../../s3/target.ts';
import { bucketName, type Call } from '../call.ts';
import type { Admitted, Handler } from '../profile.ts';
import { obsError } from './errors.ts';
import * as acl from './ops/acl.ts';
import { appendObject } from './ops/append.ts';
import * as buckets from './ops/buckets.ts';
import { copyObject } from './ops/copy.ts';
import * as encryption from './ops/encryption.ts';
import { setObjectMetadata } from './ops/metadata.ts';
import * as objects from './ops/objects.ts';
import * as settings from './ops/settings.ts';

/** Operations that S3 lacks, by what their requests have: `METHOD shape sub-resource`. */
const OWN: ReadonlyMap<string, string> = new Map([
  ['POST object append', 'AppendObject'],
  ['PUT object metadata', 'SetObjectMetadata'],
  ['PUT object modify', 'ModifyFile'],
  ['PUT object truncate', 'TruncateFile'],
  ['POST object rename', 'RenameFile'],
  ['PUT bucket storageclass', 'PutStorageClass'],
  ['GET bucket storageclass', 'GetStorageClass'],
  ['PUT bucket storagepolicy', 'PutStorageClass'],
  ['GET bucket storagepolicy', 'GetStorageClass'],
  ['PUT bucket quota', 'PutQuota'],
  ['GET bucket quota', 'GetQuota'],
  ['GET bucket storageinfo', 'GetStorageInfo'],
]);

/** @returns the operation of a request that no S3 store has */
export function ownOperation(method: string, { shape, query }: Target): string | undefined {
  for (const { name } of query.parameters) {
    const operation = OWN.get(`${method} ${shape} ${name}`);
    if (operation !== undefined) return operation;
  }
  return undefined;
}

/** What OBS does, or does otherwise than S3. */
export const OBS_HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['AppendObject', appendObject],
  ['SetObjectMetadata', setObjectMetadata],
  ['ModifyFile', filesOnly],
  ['TruncateFile', filesOnly],
  ['RenameFile', filesOnly],
  ['CopyObject', copyObject],
  ['UploadPartCopy', objects.uploadPartCopy],
  ['PutObject', objects.putObject],
  ['GetObject', objects.getObject],
  ['HeadObject', objects.headObject],
  ['ListBuckets', buckets.listBuckets],
  ['CreateBucket', buckets.createBucket],
  ['HeadBucket', buckets.headBucket],
  ['GetBucketLocation', buckets.getBucketLocation],
  ['GetBucketAcl', acl.getAcl],
  ['GetObjectAcl', acl.getAcl],
  ['PutBucketAcl', acl.putAcl],
  ['PutObjectAcl', acl.putAcl],
  ['CreateMultipartUpload', objects.createMultipartUpload],
  ['GetBucketEncryption', encryption.getBucketEncryption],
  ['PutBucketEncryption', encryption.putBucketEncryption],
  ['DeleteBucketEncryption', encryption.deleteBucketEncryption],
  ['GetBucketPolicy', settings.getPolicy],
  ['PutBucketPolicy', settings.putPolicy],
  ['DeleteBucketPolicy', settings.deletePolicy],
  ['PutStorageClass', settings.putStorageClass],
  ['GetStorageClass', settings.getStorageClass],
  ['PutQuota', settings.putQuota],
  ['GetQuota', settings.getQuota],
  ['GetStorageInfo', settings.getStorageInfo],
]);

/** Only parallel file systems have them: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html */
function filesOnly(call: Call): never {
  call.buckets.get(bucketName(call));
  throw obsError('FsNotSupport', 'The bucket is not a parallel file system.');
}

/** `HEAD /?apiversion`, by which SDKs learn that there is the OBS dialect; without a signature. */
export const apiversion: Pick<Admitted, 'operation' | 'handler'> = {
  operation: 'ApiVersion',
  handler: (call) => {
    if (call.target.shape !== 'service') call.buckets.get(bucketName(call));
    return { headers: { 'x-obs-api': '3.0' } };
  },
};
