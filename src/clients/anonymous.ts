import type { Operation, OperationName } from '../s3/operations.ts';
import type { Target } from '../s3/target.ts';
import { type Permissions, permits, tellsMetadata } from './permissions.ts';

/**
 * What an anonymous client may do at most: get the newest version of an object, and list. What else a client with `read`
 * may see (tags, ACLs, locks, versions) S3 gives to nobody by a public read either.
 */
const READS: ReadonlySet<OperationName> = new Set<OperationName>(['GetObject', 'HeadObject']);
const LISTS: ReadonlySet<OperationName> = new Set<OperationName>(['ListObjects', 'ListObjectsV2']);
/** Clients ask for these before they list. */
const ABOUT_BUCKETS: ReadonlySet<OperationName> = new Set<OperationName>(['HeadBucket', 'GetBucketLocation']);

export function permitsAnonymous(permissions: Permissions, { name }: Operation, target: Target): boolean {
  if (target.shape === 'service') return false;
  const { bucket, query } = target;
  if (target.shape === 'object')
    return (
      READS.has(name) && !query.has('versionId') && permits(permissions, 'read', bucket, target.objectKey)
    );
  if (LISTS.has(name))
    return !tellsMetadata(query) && permits(permissions, 'list', bucket, query.get('prefix') ?? '');
  return ABOUT_BUCKETS.has(name) && permits(permissions, 'list', bucket, '');
}
