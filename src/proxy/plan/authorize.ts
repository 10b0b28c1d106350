import { permitsAnonymous } from '../../clients/anonymous.ts';
import { type Action, knowsBucket, type Permissions, permits } from '../../clients/permissions.ts';
import type { Match, RuleSet } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import type { OperationName } from '../../s3/operations.ts';
import type { CopySource, Plan } from './plan.ts';
import type { Renamed } from './rename.ts';

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
  readonly renamed?: Renamed;
}

/**
 * May this caller do what it asks for, to every object that it touches? The object keys of a DeleteObjects stand in
 * its body and are judged where that is read.
 *
 * @throws S3Error AccessDenied, which says nothing of what exists
 */
export function authorize(
  { operation, target, source, match, needs, renamed }: Authorized,
  permissions: Permissions,
): void {
  if (operation.method === 'OPTIONS') return;
  if (permissions.anonymous) {
    if (!permitsAnonymous(permissions, operation, target))
      throw denied(`the anonymous client may not ${operation.name} here`);
    return;
  }
  if (target.shape === 'service') {
    // The names of buckets; WriteGetObjectResponse has a host of its own and no place here.
    if (operation.access !== 'list') throw denied(`${operation.name} is for nobody here`);
    return;
  }
  if (target.shape === 'object' && operation.access !== 'admin') {
    for (const action of needs)
      if (!permits(permissions, action, target.bucket, target.objectKey)) throw denied(noGrant(action));
  } else if (!mayAskBucket({ operation, target, needs }, permissions)) {
    throw denied(whyNotBucket(operation, needs, permissions));
  }
  if (renamed && !permits(permissions, 'write', renamed.bucket, renamed.objectKey))
    throw denied(`${noGrant('write')}, of the new name`);
  if (!source) return;
  if (!permits(permissions, 'read', source.bucket, source.objectKey))
    throw denied(`${noGrant('read')}, of the source of the copy`);
  if (
    encrypts(source.match) &&
    match.kind !== 'bucket' &&
    match.kind !== 'service' &&
    !mayHoldSecrets(match)
  ) {
    throw denied(
      'the copy would be stored in plain: its source is encrypted, and no rule says declassify: true',
    );
  }
}

function whyNotBucket(
  { name, access }: Plan['operation'],
  needs: readonly Action[],
  { admin }: Permissions,
): string {
  if (access === 'admin' && !admin) return `${name} needs admin: true, which the client does not have`;
  return LISTS.has(name)
    ? `${noGrant(needs.join(', '))}, for the prefix of the list`
    : 'no grant of the client (allow) names the bucket';
}

function noGrant(actions: string): string {
  return `no grant of the client (allow) has the action ${actions} here`;
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

/** Why, in words for the log. */
export const NO_RULE = 'no rule matches, and default: deny refuses what no rule matches';

/** @param reason for the log: the client is told nothing of it */
export function denied(reason: string): S3Error {
  return new S3Error('AccessDenied', 'Access Denied', { reason });
}

/** What an encrypting rule protects goes to plain objects only where the target's rule says `declassify: true`. */
function mayHoldSecrets(target: Match): boolean {
  return encrypts(target) || (target.kind === 'rule' && target.rule.declassify);
}

function encrypts(match: Match): boolean {
  return match.kind === 'rule' && match.rule.encryption.kind !== 'off';
}
