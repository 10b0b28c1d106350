import { neededActions } from '../../clients/permissions.ts';
import { continuedUpload, storeTarget } from '../../multipart/upload.ts';
import type { Match } from '../../rules/match.ts';
import { withoutIgnored } from '../../s3/classify.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import { parseCopySource, type Target } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { upstreamOf } from '../../snapshot/upstream-of.ts';
import { hasRegions } from '../../upstream/regions.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { wholeList } from './bucket-pages.ts';
import { injection } from './injection.ts';
import { type CopySource, complete, type Plan } from './plan.ts';
import { refuseRename } from './rename.ts';
import { refuseFolder, refuseNames, refuseUnsupported } from './unsupported.ts';

/** A request as far as a plan needs it. */
export interface Planned {
  readonly operation: Operation;
  readonly target: Target;
  readonly headers: WireHeaders;
  /** What this caller's requests are signed with at an upstream. */
  readonly signer: (upstream: Upstream) => Credentials;
  readonly now: Date;
}

/**
 * Decides, without doing anything. Serving and `explain` use the same plan.
 *
 * @throws S3Error AccessDenied when no rule matches and the default is `deny`; InvalidRequest when the client brings
 *   a key where the rule says `clientHeaders: reject`; NotImplemented for what this proxy or the store can't do;
 *   InvalidArgument for a header that makes the store do something else;
 *   ServiceUnavailable while a key of the rule is unavailable
 */
export function makePlan(planned: Planned, snapshot: Snapshot): Plan {
  const { operation, headers, signer } = planned;
  const target =
    planned.target.query.parameters.length === 0 ? planned.target : withoutIgnored(planned.target, operation);
  if (operation.name === 'RenameObject') refuseRename(target, snapshot.rules);
  const match = matchTarget(target, snapshot);
  const upstream = upstreamOf(snapshot, target.shape === 'service' ? undefined : target.bucket);
  refuseUnsupported(operation, headers, upstream);
  const upload = continuedUpload({ operation, target, match }, upstream.provider);
  const object = target.shape === 'object' ? target : undefined;
  const ssec = injection('target', { match, object, upstream, upload }, planned);
  const source = operation.copies ? planSource(planned, { ssec, upstream }, snapshot) : undefined;
  refuseNames(upstream, target, source);
  if (ssec.kind === 'inject' && operation.ssec === 'write') refuseFolder(upstream, target);
  const others = operation.name === 'ListBuckets' ? [...snapshot.upstreams.values()] : [];
  const stored = storeTarget({ operation, target, match }, snapshot.rules);
  return complete({
    operation,
    ...(target.shape === 'object' ? { target: stored } : storeRequest(operation, stored, upstream)),
    asked: target,
    upload,
    match,
    ssec,
    source,
    needs: neededActions(operation, target.query, headers),
    upstream,
    credentials: operation.method === 'OPTIONS' ? undefined : signer(upstream),
    further: others.map((other) => ({ upstream: other, credentials: signer(other) })),
  });
}

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
  return { target };
}

function matchTarget(target: Target, { rules }: Snapshot): Plan['match'] {
  if (target.shape === 'service') return { kind: 'service' };
  if (target.shape === 'object') return allowed(rules.matchObject(target.bucket, target.objectKey));
  if (rules.matchBucket(target.bucket) === 'denied') throw new S3Error('AccessDenied', 'Access Denied');
  return { kind: 'bucket' };
}

function allowed(match: Match): Match {
  if (match.kind === 'default' && match.action === 'deny') throw new S3Error('AccessDenied', 'Access Denied');
  return match;
}

function planSource(
  { operation, headers, signer, now }: Planned,
  target: Pick<Plan, 'ssec' | 'upstream'>,
  snapshot: Snapshot,
): CopySource {
  const named = parseCopySource(headers.single('x-amz-copy-source') ?? '');
  const match = allowed(snapshot.rules.matchObject(named.bucket, named.objectKey));
  const read = { operation: { ssec: 'read' as const }, headers, now };
  const upstream = upstreamOf(snapshot, named.bucket);
  const ssec = injection('source', { match, object: named, upstream }, read);
  const plain = ssec.kind === 'none' && target.ssec.kind === 'none';
  const able = plain || upstream.provider.copiesSsec.includes(operation.name);
  const copy = upstream === target.upstream && able ? 'store' : 'relay';
  return { ...named, upstream, match, ssec, credentials: signer(upstream), copy };
}
