import type { SseKey } from '../keys/key.ts';
import { keysToTry, type ObjectName, writingKey } from '../keys/ring.ts';
import { continuedUpload, storeTarget, type Upload } from '../multipart/upload.ts';
import type { Match, Rule } from '../rules/match.ts';
import { ringOfRule } from '../rules/ring-of.ts';
import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Operation } from '../s3/operations.ts';
import { parseCopySource, type Target } from '../s3/target.ts';
import { requireNoFolder, requireUnfolded } from '../s3/unfolded.ts';
import type { Credentials } from '../secret.ts';
import type { Snapshot, Upstream } from '../snapshot/snapshot.ts';
import { upstreamOf } from '../snapshot/upstream-of.ts';
import { type End, hasClientKey } from '../ssec/headers.ts';
import { withoutPages } from './list-buckets-pages.ts';
import { refuseRename } from './rename.ts';

/** What is done with the SSE-C headers of one end of a request. */
export type Injection =
  /** The store is given these keys, one after the other until one fits; there is one only when the object is written. */
  | { readonly kind: 'inject'; readonly ring: readonly [SseKey, ...SseKey[]] }
  /** The client's own SSE-C headers go through. */
  | { readonly kind: 'client' }
  /** No SSE-C headers go to the store. */
  | { readonly kind: 'none' };

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

function refuseUnsupported(operation: Operation, { provider }: Upstream): void {
  if (operation.body === 'form') {
    throw new S3Error(
      'NotImplemented',
      'A form is taken as the PutObject that it means, and has nothing but a policy to sign it: no query, no Authorization header.',
    );
  }
  if (!isSubresourceWrite(operation) || provider.subresourceWrites.includes(operation.name)) return;
  throw new S3Error(
    'NotImplemented',
    `${operation.name} is not sent to this store (provider ${provider.name}), which may take it for another operation.`,
  );
}

/** Writes to a part of an object that is not its content. The queries of a multipart upload are no sub-resource. */
function isSubresourceWrite({ method, shape, query }: Operation): boolean {
  const writes = method === 'PUT' || method === 'POST' || method === 'DELETE';
  return (
    shape === 'object' &&
    writes &&
    query.length > 0 &&
    !query.includes('uploads') &&
    !query.includes('uploadId')
  );
}

function refuseFoldable({ provider }: Upstream, target: Target, source: CopySource | undefined): void {
  if (source?.upstream.provider.normalisesKeys) requireUnfolded(source.objectKey);
  if (!provider.normalisesKeys) return;
  if (target.shape === 'object') requireUnfolded(target.objectKey);
  else requireUnfolded(target.query.get('prefix') ?? '');
}

function refuseFolder({ provider }: Upstream, target: Target): void {
  if (!provider.sealsFolders && target.shape === 'object') requireNoFolder(target.objectKey);
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

interface Ending extends Pick<Plan, 'match' | 'upstream'> {
  readonly object: ObjectName | undefined;
  readonly upload?: Plan['upload'];
}

function injection(
  end: End,
  { match, object, upstream, upload }: Ending,
  {
    operation: { ssec },
    headers,
    now,
  }: Pick<Planned, 'headers' | 'now'> & { operation: Pick<Operation, 'ssec'> },
): Injection {
  if (ssec === 'none' || (ssec === 'upload' && !upstream.provider.trioOnComplete)) return { kind: 'none' };
  if (object === undefined || match.kind === 'bucket' || match.kind === 'service') return { kind: 'none' };
  if (hasClientKey(end, headers)) {
    if (match.kind === 'rule' && match.rule.clientHeaders === 'reject') throw rejected(match.rule.name);
    return { kind: 'client' };
  }
  if (match.kind === 'default') return { kind: 'none' };
  const ring = ringOfRule(match.rule);
  if (ring === undefined) return { kind: 'none' };
  if (upload?.kind === 'ours') return { kind: 'inject', ring: [upload.ssecKey] };
  if (upload?.kind === 'client' && ssec === 'write') throw keyOfTheirs();
  if (upload && (upload.kind !== 'foreign' || !upload.trusted)) return { kind: 'none' };
  if (ssec === 'read') return { kind: 'inject', ring: keysToTry(ring, object, now) };
  const ssecKey = writingKey(ring, object, now);
  if (!ssecKey) throw unwritable(match.rule);
  return { kind: 'inject', ring: [ssecKey] };
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

function keyOfTheirs(): S3Error {
  return new S3Error(
    'InvalidRequest',
    'The multipart upload began with an SSE-C key of your own. Send its customer key headers with every part.',
  );
}

function rejected(rule: string): S3Error {
  return new S3Error(
    'InvalidRequest',
    `The request brings an SSE-C key of its own, but ${rule} supplies the keys here. Leave out the customer key headers, or have the rule say "clientHeaders: pass".`,
  );
}

function unwritable({ name }: Rule): S3Error {
  return new S3Error('ServiceUnavailable', `No key of ${name} writes yet. Try again later.`);
}
