import { endPlan } from '../proxy/copy/end-plan.ts';
import { makePlan, type Planned, type Scope } from '../proxy/plan/make-plan.ts';
import type { Injection, Plan } from '../proxy/plan/plan.ts';
import { outboundOf } from '../proxy/store/outbound.ts';
import type { AttemptKeys } from '../proxy/store/sending.ts';
import { WireHeaders } from '../s3/headers.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { End } from '../ssec/headers.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** Values that stand for those of a real request. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  uploadId: 'UPLOAD-ID',
  partNumber: '1',
  id: 'ID',
  position: '0',
  length: '1',
  name: 'NEW-NAME',
  customdomain: 'DOMAIN',
  'x-image-process': 'image/info',
};

/** What would happen to a request that may pass, a line each. @throws S3Error for one that no plan can be made for */
export function describe(planned: Planned, scope: Scope, snapshot: Snapshot): string[] {
  const { headers, now } = planned;
  const plan = makePlan(planned, snapshot, scope);
  const sent = requestsOf(plan, { headers, snapshot, now });
  return [
    `rule: ${whyOf(plan.match)}`,
    `SSE-C: ${plan.upload && plan.ssec.kind === 'inject' ? BY_UPLOAD_ID : ''}${ssecOf(plan.ssec)}`,
    ...ringOf(plan.match),
    ...(plan.source
      ? [
          `source rule: ${whyOf(plan.source.match)}`,
          `source SSE-C: ${ssecOf(plan.source.ssec)}`,
          ...ringOf(plan.source.match),
          `copied by: ${COPIERS[plan.source.copy]}`,
        ]
      : []),
    ...sent,
    ...noteOf(plan),
  ];
}

/** What only the store knows. */
function noteOf({ operation, ssec, target }: Plan): string[] {
  if (operation.appends && ssec.kind === 'inject')
    return ['note: this is the first append; a later one goes under the key that the object has'];
  if (operation.ssec !== 'read' || ssec.kind !== 'inject' || target.shape !== 'object') return [];
  return [
    'note: an object under a key that is not in this ring is refused with 403; "ssec-proxy recover" says which key opens it',
  ];
}

const COPIERS = {
  store: 'the store',
  relay: 'the proxy, which reads the source and writes it again',
} as const;

/** What goes to the store; of a copy that the proxy does, its two main requests. */
function requestsOf(plan: Plan, asked: Requested): string[] {
  if (plan.source?.copy !== 'relay') return requestOf(plan, asked);
  const { partNumber, uploadId } = EXAMPLES;
  const [write, query] =
    plan.operation.name === 'CopyObject'
      ? (['PutObject', {}] as const)
      : (['UploadPart', { partNumber, uploadId }] as const);
  const bare = { ...asked, headers: new WireHeaders([]) };
  return [
    ...requestOf(endPlan(plan, 'source', 'GetObject'), bare),
    ...requestOf(endPlan(plan, 'target', write, query), bare),
  ];
}

interface Requested {
  readonly headers: WireHeaders;
  readonly snapshot: Snapshot;
  readonly now: Date;
}

function requestOf(plan: Plan, { headers, snapshot, now }: Requested): string[] {
  const { operation, upstream } = plan;
  const keys = { ...first('target', plan.ssec), ...(plan.source ? first('source', plan.source.ssec) : {}) };
  const body = operation.body === 'none' ? 'none' : 'some';
  const outbound = outboundOf({ method: operation.method, headers, body }, plan, { keys, upstream, now });
  return [
    `sent to: ${whereIs(upstream, snapshot)}`,
    ...plan.further.map((further) => `and to: ${whereIs(further.upstream, snapshot)}`),
    `${outbound.method} ${outbound.path}`,
    ...Object.entries(outbound.headers).map(
      ([name, value]) => `${name}: ${hidden(name) ? '[redacted]' : value}`,
    ),
  ];
}

function whereIs(upstream: Upstream, { upstreams }: Snapshot): string {
  const { name, protocol, hostname, port, provider, region, dialect } = upstream;
  const which = upstreams.size === 0 ? '' : `${name}, `;
  const spoken = dialect === undefined ? '' : `, dialect ${dialect.name}`;
  return `${which}${protocol}//${hostname}:${port}, provider ${provider.name}${spoken}, region ${region}`;
}

const BY_UPLOAD_ID = 'the key that the upload began with, which its id names; for one that begins now ';

function whyOf(match: Plan['match']): string {
  if (match.kind === 'service') return 'none; requests about the service pass for every client';
  if (match.kind === 'bucket')
    return 'none; requests about a bucket pass when a rule names the bucket, or by default: pass';
  if (match.kind === 'default') return `none matches; default: ${match.action}`;
  const { name, bucket, prefix } = match.rule;
  const kind = /[*?]/.test(bucket) ? 'glob' : 'exact bucket';
  return `${name} (${kind} "${bucket}"${prefix === '' ? ', every object key' : `, prefix "${prefix}"`})`;
}

function ssecOf(injection: Injection): string {
  if (injection.kind === 'none') return 'no headers are sent';
  if (injection.kind === 'client') return "the client's own headers go through";
  return injection.ring
    .map(({ id, fingerprint }) => `key ${id} (fingerprint ${fingerprint})`)
    .join(', then ');
}

/** What of a ring the keys alone do not show. */
function ringOf(match: Plan['match']): string[] {
  if (match.kind !== 'rule' || match.rule.encryption.kind !== 'ssec') return [];
  return match.rule.encryption.ring.flatMap(({ ssecKey, derive, writesFrom }) => [
    ...(derive
      ? [
          `  ${ssecKey.id}/object: derived from ${ssecKey.id} for ${derive.context ?? 'the bucket'} and the object key`,
        ]
      : []),
    ...(writesFrom ? [`  ${ssecKey.id}: writes from ${writesFrom.toISOString()}`] : []),
  ]);
}

function first(end: End, injection: Injection): AttemptKeys {
  return injection.kind === 'inject' ? { [end]: injection.ring[0] } : {};
}

/** Keys, what is derived from them, and the signature. */
function hidden(name: string): boolean {
  return name === 'authorization' || /-customer-key(-md5)?$/.test(name);
}
