import { S3Error } from '../../s3/errors.ts';
import { Refusal } from '../call.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion, Version } from '../store/model.ts';

/** The form of the sandbox's version ids. S3 distinguishes an id of another form from one that no longer exists. */
const VERSION_ID = /^(?:null|[\w-]{32})$/;

/** The object version that a read means. @throws S3Error NoSuchKey, NoSuchVersion, MethodNotAllowed (a delete marker) */
export function findObject(bucket: Bucket, objectKey: string, versionId: string | undefined): ObjectVersion {
  const version = bucket.versions.find(objectKey, versionId);
  if (version === undefined) throw missing(objectKey, versionId);
  if (version.kind === 'object') return version;
  throw deleted(version, versionId);
}

function missing(objectKey: string, versionId: string | undefined): S3Error {
  if (versionId === undefined) return noSuchKey(objectKey);
  if (!VERSION_ID.test(versionId)) {
    return new S3Error('InvalidArgument', 'Invalid version id specified', {
      fields: { ArgumentName: 'versionId', ArgumentValue: versionId },
    });
  }
  return new S3Error('NoSuchVersion', 'The specified version does not exist.', {
    fields: { Key: objectKey, VersionId: versionId },
  });
}

function noSuchKey(objectKey: string): S3Error {
  return new S3Error('NoSuchKey', 'The specified key does not exist.', { fields: { Key: objectKey } });
}

function deleted(marker: Version, versionId: string | undefined): Refusal {
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId };
  if (versionId === undefined) {
    return new Refusal('NoSuchKey', 'The specified key does not exist.', {
      headers,
      fields: { Key: marker.objectKey },
    });
  }
  return new Refusal('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    headers: { ...headers, Allow: 'DELETE', 'Last-Modified': marker.modified.toUTCString() },
    fields: { Method: 'GET', ResourceType: 'DeleteMarker' },
  });
}
