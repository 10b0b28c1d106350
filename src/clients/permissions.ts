import { isGlob, matchGlob } from '../rules/glob.ts';
import type { Access } from '../s3/operations.ts';

/** What one grant opens: some actions on the objects of some buckets. */
export interface Grant {
  /** An exact bucket name or a glob of `*` and `?`. */
  readonly bucket: string;
  /** Prefix of the object keys; empty for all. */
  readonly prefix: string;
  readonly actions: ReadonlySet<Exclude<Access, 'admin'>>;
}

/** What a client may do, on top of what the rules let pass for everybody. */
export interface Permissions {
  /** Bucket configuration, and making and removing buckets. */
  readonly admin: boolean;
  /** `all`: whatever the rules name. */
  readonly grants: 'all' | readonly Grant[];
}

/** May this be done to this object? For a list, `objectKey` is the prefix that it asks for. */
export function permits(
  { grants }: Permissions,
  action: Grant['actions'] extends ReadonlySet<infer A> ? A : never,
  bucket: string,
  objectKey: string,
): boolean {
  if (grants === 'all') return true;
  return grants.some(
    (grant) =>
      grant.actions.has(action) && matchesBucket(grant, bucket) && objectKey.startsWith(grant.prefix),
  );
}

/** May this client know of the bucket at all: for HeadBucket, `?location` and its line in ListBuckets. */
export function knowsBucket({ grants }: Permissions, bucket: string): boolean {
  return grants === 'all' || grants.some((grant) => matchesBucket(grant, bucket));
}

function matchesBucket({ bucket: pattern }: Grant, bucket: string): boolean {
  return isGlob(pattern) ? matchGlob(pattern, bucket) : pattern === bucket;
}
