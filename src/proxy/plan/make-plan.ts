import { neededActions } from '../../clients/permissions.ts';
import { continuedUpload, storeTarget } from '../../multipart/upload.ts';
import type { Match } from '../../rules/match.ts';
import { withoutIgnored } from '../../s3/classify.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import { parseCopySource, type Target } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { upstreamOf } from '../../snapshot/upstream-of.ts';
import { hasRegions } from '../../upstream/regions.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { denied, NO_RULE } from './authorize.ts';
import { wholeList } from './bucket-pages.ts';
import { injection } from './injection.ts';
import { refuseUnderKeys } from './plain-only.ts';
import { type CopySource, complete, type Plan } from './plan.ts';
import { type Renamed, refuseRename, renamed } from './rename.ts';
import { refuseFolder, refuseKey, refuseNames, refuseUnsupported } from './unsupported.ts';

/** A request as far as a plan needs it. */
export interface Planned {
  readonly operation: Operation;
  readonly target: Target;
  readonly headers: WireHeaders;
  /** What this caller's requests are signed with at an upstream. */
  readonly signer: (upstream: Upstream) => Credentials;
  readonly now: Date;
}

/** What a request is about: all that a decision of who may do it needs. */
export interface Scope extends Pick<Plan, 'operation' | 'target' | 'match' | 'needs'> {
  /** Where the target is. */
  readonly upstream: Upstream;
  readonly source: SourceScope | undefined;
  /** What a file is to be named. */
  readonly renamed?: Renamed;
}

type SourceScope = Pick<CopySource, 'bucket' | 'objectKey' | 'versionId' | 'slash' | 'match'>;

/**
 * Finds out what a request is about. Its refusals say nothing of rules: a client that may not do it hears of no rule, key or
 * provider, which `makePlan` names.
 *
 * @throws S3Error AccessDenied when no rule matches and the default is `deny`; InvalidArgument for a copy source that is
 *   none
 */
export function scopeOf(
  { operation, target: asked, headers }: Pick<Planned, 'operation' | 'target' | 'headers'>,
  snapshot: Snapshot,
): Scope {
  const target = asked.query.size === 0 ? asked : withoutIgnored(asked, operation);
  const match = target.shape === 'object' ? matchObject(target, snapshot) : matchBucket(target, snapshot);
  const upstream = upstreamOf(snapshot, target.shape === 'service' ? undefined : target.bucket);
  const source = operation.copies ? sourceScope(headers, snapshot) : undefined;
  const needs = neededActions(operation, target.query, headers);
  const scope = { operation, target, match, upstream, source, needs };
  return operation.name === 'RenameFile' ? renamedScope(scope, snapshot) : scope;
}

/** @throws S3Error AccessDenied, likewise, for what a file is to be named; InvalidArgument */
function renamedScope(scope: Scope, snapshot: Snapshot): Scope {
  const made = renamed(scope.target);
  matchObject(made.renamed, snapshot);
  return { ...scope, ...made };
}

/**
 * Decides, without doing anything. Serving and `explain` use the same plan.
 *
 * @param scope of the same request; a client's has to be authorized first
 * @throws S3Error InvalidRequest when the client brings a key where the rule says `clientHeaders: reject`;
 *   NotImplemented for what this proxy or the store can't do; InvalidArgument for a header that makes the store do
 *   something else; ServiceUnavailable while a key of the rule is unavailable; what `scopeOf` throws
 */
export function makePlan(planned: Planned, snapshot: Snapshot, scope = scopeOf(planned, snapshot)): Plan {
  const { operation, headers, signer } = planned;
  const { target, match, upstream, needs } = scope;
  if (operation.name === 'RenameObject') refuseRename(target, snapshot.rules);
  if (operation.plainOnly !== undefined || operation.name === 'CreateBucket')
    refuseUnderKeys(scope, headers, snapshot.rules);
  refuseUnsupported(operation, { headers, query: target.query }, upstream);
  // Uploads are named in the query alone, and most requests have none.
  const asks = target.query.size > 0;
  const upload = asks ? continuedUpload({ operation, target, match }, upstream.provider) : undefined;
  const object = target.shape === 'object' ? target : undefined;
  const ssec = injection('target', { match, object, upstream, upload }, planned);
  const source = scope.source && planSource(scope.source, planned, { ssec, upstream }, snapshot);
  refuseNames(upstream, target, source);
  if (scope.renamed) refuseKey(scope.renamed.objectKey, upstream);
  const others = operation.name === 'ListBuckets' ? [...snapshot.upstreams.values()] : undefined;
  const stored = asks ? storeTarget({ operation, target, match }, snapshot.rules) : target;
  const request = target.shape === 'object' ? undefined : storeRequest(operation, stored, upstream);
  const plan = complete({
    operation,
    target: request?.target ?? stored,
    method: request?.method,
    asked: target,
    upload,
    match,
    ssec,
    source,
    needs,
    upstream,
    credentials: operation.method === 'OPTIONS' ? undefined : signer(upstream),
    further: others?.map((other) => ({ upstream: other, credentials: signer(other) })) ?? NONE,
  });
  if (plan.write && !upstream.provider.sealsFolders) refuseFolder(upstream, target);
  return plan;
}

const NONE: Plan['further'] = [];

/** What the store is asked, where that is not what the client asked. */
function storeRequest(
  operation: Operation,
  target: Target,
  upstream: Upstream,
): Pick<Plan, 'target' | 'method'> {
  if (operation.name === 'ListBuckets') return { target: { ...target, query: wholeList(upstream) } };
  // Where all buckets are in one region, the proxy knows it: it remains to be seen whether there is such a bucket.
  if (operation.name === 'GetBucketLocation' && !hasRegions(upstream))
    return { method: 'HEAD', target: { ...target, query: target.query.without(() => true) } };
  // Clients ask every store for it (mc does), and those that do not know it take no notice.
  if (target.query.has('metadata') && !upstream.provider.listsMetadata)
    return { target: { ...target, query: target.query.without((name) => name === 'metadata') } };
  return { target };
}

/** @throws S3Error AccessDenied */
function matchObject(
  { bucket, objectKey }: { readonly bucket: string; readonly objectKey: string },
  { rules }: Snapshot,
): Match {
  const match = rules.matchObject(bucket, objectKey);
  if (match.kind === 'default' && match.action === 'deny') throw denied(NO_RULE);
  return match;
}

/** @throws S3Error AccessDenied */
function matchBucket(target: Target, { rules }: Snapshot): Plan['match'] {
  if (target.shape === 'service') return { kind: 'service' };
  if (rules.matchBucket(target.bucket) === 'denied') throw denied(NO_RULE);
  return { kind: 'bucket' };
}

function sourceScope(headers: WireHeaders, snapshot: Snapshot): SourceScope {
  const named = parseCopySource(headers.single('x-amz-copy-source') ?? '');
  return { ...named, match: matchObject(named, snapshot) };
}

function planSource(
  scope: SourceScope,
  { operation, headers, signer, now }: Planned,
  target: Pick<Plan, 'ssec' | 'upstream'>,
  snapshot: Snapshot,
): CopySource {
  const read = { operation: { ssec: 'read' as const }, headers, now };
  const upstream = upstreamOf(snapshot, scope.bucket);
  const ssec = injection('source', { match: scope.match, object: scope, upstream }, read);
  const plain = ssec.kind === 'none' && target.ssec.kind === 'none';
  const able = plain || upstream.provider.copiesSsec.includes(operation.name);
  const copy = upstream === target.upstream && able ? 'store' : 'relay';
  return { ...scope, upstream, ssec, credentials: signer(upstream), copy };
}
