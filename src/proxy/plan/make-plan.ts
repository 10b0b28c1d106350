import type { SseKey } from '../../keys/key.ts';
import type { ObjectName } from '../../keys/ring.ts';
import { continuedUpload, storeTarget, type Upload } from '../../multipart/upload.ts';
import type { Match } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import { parseCopySource, type Target } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { upstreamOf } from '../../snapshot/upstream-of.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { withoutPages } from './bucket-pages.ts';
import { type Injection, injection } from './injection.ts';
import { refuseRename } from './rename.ts';
import { refuseFoldable, refuseFolder, refuseUnsupported } from './unsupported.ts';

/** What the proxy will do with a request, and why. */
export interface Plan {
  readonly operation: Operation;
  /** As the store knows it: upload ids are its own. */
  readonly target: Target;
  /** As the client knows it. */
  readonly asked: Target;
  /** The multipart upload that it goes on with, under a rule that encrypts. */
  readonly upload: Upload | undefined;
  /** What the rules say of the target; of the bucket or the service, they only say that it may pass. */
  readonly match: Match | { readonly kind: 'bucket' } | { readonly kind: 'service' };
  readonly ssec: Injection;
  readonly source: CopySource | undefined;
  /** Where the target is. */
  readonly upstream: Upstream;
  /** Who signs at the upstream; undefined for a CORS preflight, which nobody signs. */
  readonly credentials: Credentials | undefined;
  /** The other upstreams that are asked too, and who signs there: for ListBuckets. */
  readonly further: readonly Pick<Plan, 'upstream' | 'credentials'>[];
}

export interface CopySource {
  readonly bucket: string;
  readonly objectKey: string;
  readonly versionId: string | undefined;
  readonly upstream: Upstream;
  readonly match: Match;
  readonly ssec: Injection;
  /** Who signs where the source is. */
  readonly credentials: Credentials;
  /** Who copies: the store, or the proxy, which reads the source and writes it anew. */
  readonly copy: 'store' | 'relay';
}

export interface InjectedWrite {
  readonly bucket: string;
  readonly objectKey: string;
  readonly ssecKey: SseKey;
  /** That of the rule. */
  readonly prefix: string;
}

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
 *   ServiceUnavailable while a key of the rule is not to be had
 */
export function makePlan(planned: Planned, snapshot: Snapshot): Plan {
  const { operation, target, signer } = planned;
  refuseRename(operation, target, snapshot.rules);
  const match = matchTarget(target, snapshot);
  const upstream = upstreamOf(snapshot, target.shape === 'service' ? undefined : target.bucket);
  refuseUnsupported(operation, upstream);
  const upload = continuedUpload({ operation, target, match }, upstream.provider);
  const ssec = injection('target', { match, object: objectOf(target), upstream, upload }, planned);
  const source = operation.copies ? planSource(planned, { ssec, upstream }, snapshot) : undefined;
  refuseFoldable(upstream, target, source);
  if (ssec.kind === 'inject' && operation.ssec === 'write') refuseFolder(upstream, target);
  const others = operation.name === 'ListBuckets' ? [...snapshot.upstreams.values()] : [];
  const stored = storeTarget({ operation, target, match }, snapshot.rules);
  return {
    operation,
    target: others.length > 0 ? withoutPages(stored) : stored,
    asked: target,
    upload,
    match,
    ssec,
    source,
    upstream,
    credentials: operation.method === 'OPTIONS' ? undefined : signer(upstream),
    further: others.map((other) => ({ upstream: other, credentials: signer(other) })),
  };
}

/** Every SSE-C key that this request had to do with. */
export function keysInPlay({ ssec, source }: Plan): readonly SseKey[] {
  return [ssec, source?.ssec].flatMap((end) => (end?.kind === 'inject' ? end.ring : []));
}

/** What a plan writes under an SSE-C key of ours; undefined when it does not. */
export function injectedWrite({ operation, ssec, target, match }: Plan): InjectedWrite | undefined {
  if (operation.ssec !== 'write' || ssec.kind !== 'inject' || target.shape !== 'object') return undefined;
  const prefix = match.kind === 'rule' ? match.rule.prefix : '';
  return { bucket: target.bucket, objectKey: target.objectKey, ssecKey: ssec.ring[0], prefix };
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

function objectOf(target: Target): ObjectName | undefined {
  return target.shape === 'object' ? target : undefined;
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
