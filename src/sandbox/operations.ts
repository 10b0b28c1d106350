import type { OperationName } from '../s3/operations.ts';
import * as buckets from './ops/buckets.ts';
import { completeMultipartUpload } from './ops/complete.ts';
import { copyObject } from './ops/copy.ts';
import { deleteObject, deleteObjects } from './ops/delete.ts';
import * as encryption from './ops/encryption.ts';
import { listObjects, listObjectsV2 } from './ops/list-objects.ts';
import { listMultipartUploads, listParts } from './ops/list-uploads.ts';
import { listObjectVersions } from './ops/list-versions.ts';
import * as multipart from './ops/multipart.ts';
import { getObject, getObjectAttributes, headObject } from './ops/read.ts';
import * as tagging from './ops/tagging.ts';
import { putObject } from './ops/write.ts';
import type { Handler } from './profile.ts';

/** What the sandbox can do, by the name of the operation; all else is NotImplemented. */
export const HANDLERS: ReadonlyMap<OperationName, Handler> = new Map<OperationName, Handler>([
  ['ListBuckets', buckets.listBuckets],
  ['CreateBucket', buckets.createBucket],
  ['DeleteBucket', buckets.deleteBucket],
  ['HeadBucket', buckets.headBucket],
  ['GetBucketLocation', buckets.getBucketLocation],
  ['GetBucketVersioning', buckets.getBucketVersioning],
  ['PutBucketVersioning', buckets.putBucketVersioning],
  ['GetBucketEncryption', encryption.getBucketEncryption],
  ['PutBucketEncryption', encryption.putBucketEncryption],
  ['DeleteBucketEncryption', encryption.deleteBucketEncryption],
  ['GetBucketAcl', buckets.getBucketAcl],
  ['GetObjectAcl', buckets.getObjectAcl],
  ['ListObjects', listObjects],
  ['ListObjectsV2', listObjectsV2],
  ['ListObjectVersions', listObjectVersions],
  ['PutObject', putObject],
  ['GetObject', getObject],
  ['HeadObject', headObject],
  ['GetObjectAttributes', getObjectAttributes],
  ['CopyObject', copyObject],
  ['DeleteObject', deleteObject],
  ['DeleteObjects', deleteObjects],
  ['GetObjectTagging', tagging.getObjectTagging],
  ['PutObjectTagging', tagging.putObjectTagging],
  ['DeleteObjectTagging', tagging.deleteObjectTagging],
  ['CreateMultipartUpload', multipart.createMultipartUpload],
  ['UploadPart', multipart.uploadPart],
  ['UploadPartCopy', multipart.uploadPartCopy],
  ['CompleteMultipartUpload', completeMultipartUpload],
  ['AbortMultipartUpload', multipart.abortMultipartUpload],
  ['ListParts', listParts],
  ['ListMultipartUploads', listMultipartUploads],
]);
