import { permitsAnonymous } from '../../clients/anonymous.ts';
import { type Action, knowsBucket, type Permissions, permits } from '../../clients/permissions.ts';
import type { Match, RuleSet } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import type { OperationName } from '../../s3/operations.ts';
import type { CopySource, Plan } from './plan.ts';

/** Lists, which name a prefix of object keys. The other operations of access `list` ask about the bucket as such. */
const LISTS: ReadonlySet<OperationName> = new Set<OperationName>([
  'ListMultipartUploads',
  'ListObjects',
  'ListObjectsV2',
  'ListObjectVersions',
]);

/** What there is to say of a request before it is planned. */
interface Authorized extends Pick<Plan, 'operation' | 'target' | 'match' | 'needs'> {
  readonly source: Pick<CopySource, 'bucket' | 'objectKey' | 'match'> | undefined;
}

/**
 * May this caller do what it asks for, to every object that it touches? The object keys of a DeleteObjects stand in
 * its body and are judged where that is read.
 *
 * @throws S3Error AccessDenied, which says nothing of what exists
 */
export function authorize(
  { operation, target, source, match, needs }: Authorized,
  permissions: Permissions,
): void {
  if (operation.method === 'OPTIONS') return;
  if (permissions.anonymous) {
    if (!permitsAnonymous(permissions, operation, target)) throw denied();
    return;
  }
  if (target.shape === 'service') {
    // The names of buckets; WriteGetObjectResponse has a host of its own and no place here.
    if (operation.access !== 'list') throw denied();
    return;
  }
  if (target.shape === 'object' && operation.access !== 'admin') {
    for (const action of needs)
      if (!permits(permissions, action, target.bucket, target.objectKey)) throw denied();
  } else if (!mayAskBucket({ operation, target, needs }, permissions)) {
    throw denied();
  }
  if (!source) return;
  if (!permits(permissions, 'read', source.bucket, source.objectKey)) throw denied();
  if (
    encrypts(source.match) &&
    match.kind !== 'bucket' &&
    match.kind !== 'service' &&
    !mayHoldSecrets(match)
  ) {
    throw denied();
  }
}

function mayAskBucket(
  { operation: { name, access }, target, needs }: Pick<Plan, 'operation' | 'target' | 'needs'>,
  permissions: Permissions,
): boolean {
  if (target.shape === 'service') return false;
  const { bucket } = target;
  if (access === 'admin') return permissions.admin && knowsBucket(permissions, bucket);
  if (LISTS.has(name))
    return permitsAll(permissions, needs, { bucket, objectKey: target.query.get('prefix') ?? '' });
  return knowsBucket(permissions, bucket);
}

/** The same for one of several objects, whose keys stand in the body. */
export function permitsAll(
  permissions: Permissions,
  needs: readonly Action[],
  { bucket, objectKey }: { readonly bucket: string; readonly objectKey: string },
): boolean {
  for (const action of needs) if (!permits(permissions, action, bucket, objectKey)) return false;
  return true;
}

/** Does the bucket get a line in this caller's ListBuckets? */
export function isVisible(bucket: string, permissions: Permissions, rules: RuleSet): boolean {
  return rules.matchBucket(bucket) === 'allowed' && knowsBucket(permissions, bucket);
}

export function denied(): S3Error {
  return new S3Error('AccessDenied', 'Access Denied');
}

/** What an encrypting rule protects goes to plain objects only where the target's rule says `declassify: true`. */
function mayHoldSecrets(target: Match): boolean {
  return encrypts(target) || (target.kind === 'rule' && target.rule.declassify);
}

function encrypts(match: Match): boolean {
  return match.kind === 'rule' && match.rule.encryption.kind !== 'off';
}
