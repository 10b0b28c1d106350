import { unmarkedCondition } from '../../etag/conditions.ts';
import { marksEtag } from '../../etag/marks.ts';
import { inDialect } from '../../outgoing/in-dialect.ts';
import { OWN_ENCRYPTION } from '../../s3/obs-headers.ts';
import { encodeComponent, encodePath } from '../../s3/percent.ts';
import { LISTS } from '../../s3/request-headers.ts';
import { EMPTY_SHA256 } from '../../sigv4/canonical.ts';
import { UNSIGNED_PAYLOAD } from '../../sigv4/payload.ts';
import { sign } from '../../sigv4/sign.ts';
import { addSsecHeaders, type End, isSsecHeader, SSE_PREFIX } from '../../ssec/headers.ts';
import { addressOf } from '../../upstream/address.ts';
import { hopByHop, takesTrailers } from '../../upstream/hop-by-hop.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Message } from '../message.ts';
import { isOwnHeader } from '../plan/own-headers.ts';
import type { CopySource, Plan } from '../plan/plan.ts';
import type { AttemptKeys } from './sending.ts';

/** A request as it goes to the store, signed. Header names in lower case, values one character a byte. */
export interface Outbound {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is set again below. */
const REPLACED: ReadonlySet<string> = new Set([
  'content-length',
  'x-amz-content-sha256',
  'x-amz-copy-source',
]);

/** Builds and signs the request of one attempt. @throws S3Error for an upload that is to be refused */
export function outboundOf(
  { method: asked, headers, body }: Pick<Message, 'method' | 'headers' | 'body'>,
  plan: Plan,
  { keys, upstream, now }: { keys: AttemptKeys; upstream: Upstream; now: Date },
): Outbound {
  if (plan.upload?.kind === 'refused') throw plan.upload.refusal;
  const method = plan.method ?? asked;
  const { host, path, bucket } = addressOf(plan.target, queryFor(plan, upstream), upstream);
  const outgoing = endToEnd(headers, plan);
  outgoing['host'] = host;
  const empty = body === 'none' && (method === 'PUT' || method === 'POST') ? '0' : undefined;
  const length = headers.single('content-length') ?? empty;
  if (length !== undefined) outgoing['content-length'] = length;
  // Trailers of the answer go on to the client, so that its word for them can be passed on.
  const te = headers.joined('te');
  if (te !== undefined && takesTrailers(te)) Object.assign(outgoing, { te: 'trailers', connection: 'TE' });
  if (plan.source) outgoing['x-amz-copy-source'] = copySourceValue(plan.source);
  if (keys.target) addSsecHeaders(outgoing, 'target', keys.target);
  if (keys.source) addSsecHeaders(outgoing, 'source', keys.source);
  const { dialect, provider } = upstream;
  if (dialect !== undefined && plan.credentials) {
    const by = { credentials: plan.credentials, region: upstream.region, now };
    return { method, path, headers: inDialect({ method, path, bucket, headers: outgoing }, dialect, by) };
  }
  if (plan.credentials) {
    const unstated = body === 'none' ? EMPTY_SHA256 : UNSIGNED_PAYLOAD;
    outgoing['x-amz-content-sha256'] = provider.signsBodies
      ? headers.single('x-amz-content-sha256') || unstated
      : UNSIGNED_PAYLOAD;
    const { region } = upstream;
    const options = {
      credentials: plan.credentials,
      region,
      now,
      form: provider.canonicalForm,
      signer: upstream.signer,
    };
    const signature = sign({ method, path, headers: outgoing, covers: mattersToStore }, options);
    outgoing['authorization'] = signature.authorization;
    outgoing['x-amz-date'] = signature['x-amz-date'];
  }
  return { method, path, headers: outgoing };
}

/** Some SDKs name the operation in the query for S3, which another service does not know. */
function queryFor({ target: { query } }: Plan, { dialect }: Upstream): string {
  if (query.size === 0) return '';
  return (dialect === undefined ? query : query.without((name) => name === 'x-id')).encode();
}

function endToEnd(headers: Message['headers'], plan: Plan): Record<string, string> {
  const { sends, metadata } = plan.operation;
  const ends = hopByHop(headers.joined('connection'));
  const kept: Record<string, string> = {};
  for (const [name, values] of headers.fields()) {
    const described = name.startsWith('x-amz-meta-');
    // Refused even where it stays here: what was meant is anybody's guess.
    const once = typeof values === 'string';
    if (!once && name.startsWith('x-amz-') && !described && !LISTS.has(name)) headers.single(name);
    if (described ? !metadata : !sends.has(name) && !isOwnHeader(name, plan.operation, plan.upstream))
      continue;
    if (REPLACED.has(name) || ends(name) || isDropped(name, plan)) continue;
    const value = once ? values : values.join(',');
    // All conditions say so in their names.
    kept[name] = name.includes('if-') ? unmarkedCondition(name, value, (end) => marksAt(plan, end)) : value;
  }
  // Stores compress documents for every client that takes it, and those that show ETags are rewritten.
  if (kept['accept-encoding'] !== undefined && plan.operation.name !== 'GetObject')
    kept['accept-encoding'] = 'identity';
  return kept;
}

/** Each end has the ETags of its own rule. */
function marksAt(plan: Plan, end: End): boolean {
  const ruled = end === 'target' ? plan : plan.source;
  return ruled !== undefined && marksEtag(ruled);
}

/**
 * Which headers of the client stay behind. Of encryption, on an injected write all of them: SSE-S3 or SSE-KMS beside SSE-C
 * is an error. Elsewhere only customer headers that are a mere echo. And what promises checksums that the store would not
 * get.
 */
function isDropped(name: string, { ssec, source, checksums }: Plan): boolean {
  // Nothing else is of encryption or promises checksums.
  if (!name.startsWith('x-amz-')) return ssec.kind === 'inject' && OWN_ENCRYPTION.has(name);
  return (
    (checksums === 'withheld' && PROMISES_CHECKSUM.test(name)) ||
    (ssec.kind === 'inject' && name.startsWith(SSE_PREFIX)) ||
    (ssec.kind === 'none' && isSsecHeader('target', name)) ||
    (source?.ssec.kind !== 'client' && isSsecHeader('source', name))
  );
}

const PROMISES_CHECKSUM = /^x-amz-(?:sdk-)?checksum-/;

function copySourceValue({ slash, bucket, objectKey, versionId }: CopySource): string {
  const version = versionId === undefined ? '' : `?versionId=${encodeComponent(versionId)}`;
  return `${slash ? '/' : ''}${bucket}/${encodePath(objectKey)}${version}`;
}

/** Headers that a hop may touch stay out of the signature. */
function mattersToStore(name: string): boolean {
  return MATTERS.test(name);
}

const MATTERS = /^(?:host|content-type|content-md5|x-amz-.*)$/s;
