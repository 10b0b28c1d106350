import { isGlob, matchGlob } from '../rules/glob.ts';
import type { Access } from '../s3/operations.ts';

/** What one grant allows: some actions on the objects of some buckets. */
export interface Grant {
  /** An exact bucket name or a glob of `*` and `?`. */
  readonly bucket: string;
  /** Prefix of the object keys; empty for all. */
  readonly prefix: string;
  readonly actions: ReadonlySet<Exclude<Access, 'admin'>>;
}

/** What a client may do, in addition to what the rules allow everybody. */
export interface Permissions {
  /** May create, delete and configure buckets. */
  readonly admin: boolean;
  /** `all`: everything in the buckets that rules name. */
  readonly grants: 'all' | readonly Grant[];
}

/** May this be done to this object? For a list, `objectKey` is the prefix of the list. */
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

/** May this client see that the bucket exists? Asked for HeadBucket, `?location` and the list of buckets. */
export function knowsBucket({ grants }: Permissions, bucket: string): boolean {
  return grants === 'all' || grants.some((grant) => matchesBucket(grant, bucket));
}

function matchesBucket({ bucket: pattern }: Grant, bucket: string): boolean {
  return isGlob(pattern) ? matchGlob(pattern, bucket) : pattern === bucket;
}
