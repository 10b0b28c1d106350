import type { Dialect } from './dialect.ts';
import { pairs } from './pairs.ts';

/**
 * The XML API of Google Cloud Storage, where it is not asked as S3. Outgoing only, and unverified: written after its
 * documents, and never tried at the service.
 * https://cloud.google.com/storage/docs/xml-api/reference-headers
 */
export const GOOGLE: Dialect = {
  name: 'google',
  prefix: 'x-goog-',
  names: pairs(
    ['x-amz-server-side-encryption-customer-algorithm', 'x-goog-encryption-algorithm'],
    ['x-amz-server-side-encryption-customer-key', 'x-goog-encryption-key'],
    ['x-amz-server-side-encryption-customer-key-md5', 'x-goog-encryption-key-sha256'],
    [
      'x-amz-copy-source-server-side-encryption-customer-algorithm',
      'x-goog-copy-source-encryption-algorithm',
    ],
    ['x-amz-copy-source-server-side-encryption-customer-key', 'x-goog-copy-source-encryption-key'],
    ['x-amz-copy-source-server-side-encryption-customer-key-md5', 'x-goog-copy-source-encryption-key-sha256'],
    ['x-amz-server-side-encryption-aws-kms-key-id', 'x-goog-encryption-kms-key-name'],
  ),
  values: new Map(),
  keyHash: 'sha256',
  signature: 'goog4',
  // Of what it shares with S3 by its documents. Settings of buckets have forms of their own.
  documents: new Map(
    `GetBucketLocation ListBuckets ListMultipartUploads ListObjects ListObjectsV2 ListParts
    CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload DeleteObjects UploadPartCopy`
      .split(/\s+/)
      .map((name) => [name, { kind: 'same' }]),
  ),
  // https://cloud.google.com/storage/docs/streaming-uploads
  unsizedBodies: true,
};
