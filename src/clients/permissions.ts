import { isGlob, matchGlob } from '../rules/glob.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Access, Operation } from '../s3/operations.ts';
import type { Query } from '../s3/query.ts';

/**
 * What may be allowed on objects. `deleteVersions`: to remove a version for good; `acl`: to let others than the account
 * read or write it; `unlock`: to remove or loosen a lock.
 */
export type Action = Exclude<Access, 'admin'> | 'deleteVersions' | 'acl' | 'unlock';

/** What one grant allows: some actions on the objects of some buckets. */
interface Grant {
  /** An exact bucket name or a glob of `*` and `?`. */
  readonly bucket: string;
  /** Prefix of the object keys; empty for all. */
  readonly prefix: string;
  readonly actions: ReadonlySet<Action>;
}

/** What a client may do, in addition to what the rules allow everybody. */
export interface Permissions {
  /** May create, delete and configure buckets, and has `acl` wherever it may write. */
  readonly admin: boolean;
  /** `all`: in the buckets that rules name, everything but `acl` and `unlock`, which have to be named. */
  readonly grants: 'all' | readonly Grant[];
  /** Nobody knows who it is: the few requests of `anonymous.ts` and no others. */
  readonly anonymous?: true;
}

/** May this be done to this object? For a list, `objectKey` is the prefix of the list. */
export function permits(
  { admin, grants }: Permissions,
  action: Action,
  bucket: string,
  objectKey: string,
): boolean {
  if (action === 'acl' && admin) return true;
  if (grants === 'all') return action !== 'acl' && action !== 'unlock';
  for (const grant of grants)
    if (grant.actions.has(action) && matchesBucket(grant, bucket) && objectKey.startsWith(grant.prefix))
      return true;
  return false;
}

/** May this client see that the bucket exists? Asked for HeadBucket, `?location` and the list of buckets. */
export function knowsBucket({ grants }: Permissions, bucket: string): boolean {
  return grants === 'all' || grants.some((grant) => matchesBucket(grant, bucket));
}

/**
 * What a client must be allowed for a request, on its object or, for DeleteObjects, on each of them; nothing where the
 * request is about the bucket and `admin` is asked for. For a list, on its prefix.
 */
export function neededActions(
  { name, access, sends }: Operation,
  query: Query,
  headers: WireHeaders,
): readonly Action[] {
  if (access === 'admin') return [];
  // Of each object in the list it tells what a read would tell.
  if (access === 'list') return tellsMetadata(query) ? ['list', 'read'] : ['list'];
  const base = name === 'DeleteObject' && query.has('versionId') ? 'deleteVersions' : access;
  // "false" is what it is without the header.
  const bypasses = sends.has(BYPASS) && (headers.joined(BYPASS) ?? 'false') !== 'false';
  const grants = sends.has(CANNED) && grantsToOthers(name, headers);
  if (!bypasses && !grants) return ALONE[base];
  return [base, ...(bypasses ? (['unlock'] as const) : []), ...(grants ? (['acl'] as const) : [])];
}

/** MinIO's option of lists: the users' metadata and tags come with each object. */
export function tellsMetadata(query: Query): boolean {
  return (query.get('metadata') ?? 'false') !== 'false';
}

/** Nearly all requests need one action. */
const ALONE: Readonly<Record<Exclude<Access, 'admin'> | 'deleteVersions', readonly Action[]>> = {
  read: ['read'],
  write: ['write'],
  delete: ['delete'],
  list: ['list'],
  deleteVersions: ['deleteVersions'],
};

const BYPASS = 'x-amz-bypass-governance-retention';
const CANNED = 'x-amz-acl';
/** Canned ACLs that keep an object within the account. Many clients send one of them always. */
const WITHIN: ReadonlySet<string> = new Set(['private', 'bucket-owner-read', 'bucket-owner-full-control']);
const GRANTS = ['full-control', 'read', 'read-acp', 'write', 'write-acp'].map(
  (kind) => `x-amz-grant-${kind}`,
);

/** To whom a grant or a document gives something is not looked into: that is for those who may set ACLs. */
function grantsToOthers(name: Operation['name'], headers: WireHeaders): boolean {
  const canned = headers.joined(CANNED);
  if (canned !== undefined && !WITHIN.has(canned)) return true;
  for (const grant of GRANTS) if (headers.has(grant)) return true;
  if (name !== 'PutObjectAcl') return false;
  const length = headers.joined('content-length') ?? '0';
  return canned === undefined || length !== '0' || headers.has('transfer-encoding');
}

function matchesBucket({ bucket: pattern }: Grant, bucket: string): boolean {
  return isGlob(pattern) ? matchGlob(pattern, bucket) : pattern === bucket;
}
