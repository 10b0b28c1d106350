import { didYouMean } from '../config/suggest.ts';
import type { Io } from '../io.ts';
import { writingKey } from '../keys/ring.ts';
import { pinUploadId } from '../multipart/upload-id.ts';
import { endPlan } from '../proxy/copy/end-plan.ts';
import type { Caller } from '../proxy/intake/admitted.ts';
import { authorize } from '../proxy/plan/authorize.ts';
import { makePlan, type Planned, type Scope, scopeOf } from '../proxy/plan/make-plan.ts';
import type { Injection, Plan } from '../proxy/plan/plan.ts';
import { outboundOf } from '../proxy/store/outbound.ts';
import type { AttemptKeys } from '../proxy/store/sending.ts';
import { ringOfRule } from '../rules/ring-of.ts';
import { S3Error } from '../s3/errors.ts';
import { WireHeaders } from '../s3/headers.ts';
import { OPERATIONS, type Operation } from '../s3/operations.ts';
import { encodePath } from '../s3/percent.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import type { Credentials } from '../secret.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { End } from '../ssec/headers.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { type Marks, painted } from './colour.ts';
import { UsageError } from './command.ts';
import { EXPLAIN_NEEDS } from './commands/needs.ts';
import { openConfig } from './opening.ts';
import { type Denial, whyDenied } from './why-denied.ts';

const SHAPES: Readonly<Record<Operation['shape'], RegExp>> = {
  service: /^s3:\/\/$/,
  bucket: /^s3:\/\/[^/]+\/?$/,
  object: /^s3:\/\/[^/]+\/./s,
};

const URLS: Readonly<Record<Operation['shape'], string>> = {
  service: 's3://',
  bucket: 's3://bucket',
  object: 's3://bucket/key',
};

/** Values that stand for those of a real request. */
const EXAMPLES: Readonly<Record<string, string>> = { uploadId: 'UPLOAD-ID', partNumber: '1', id: 'ID' };

export interface ExplainAsked {
  readonly config: string;
  readonly url: string;
  readonly op: string;
  readonly from: string | undefined;
  /** An access key id, or `anonymous`. */
  readonly client: string | undefined;
  /** What a list begins with. */
  readonly prefix: string | undefined;
}

const MARKS: Marks = [
  [/^[A-Z][A-Za-z0-9]+ s3:\/\/.*/, 'bold'],
  [/^refused:/, 'red'],
  [/^(?:client|why|to allow it|note):|^looked at:/, 'cyan'],
  [/^(?:source )?(?:rule|SSE-C):|^copied by:|^sent to:|^and to:/, 'cyan'],
];

/** `ssec-proxy explain`: what would happen to a request, decided by the code that serves. Exit codes: 0, 1, 2. */
export async function explain(asked: ExplainAsked, io: Io): Promise<number> {
  const request = requestedBy(asked);
  const buckets = bucketsOf(request);
  const clients = request.client === undefined ? 'none' : 'ids';
  const snapshot = await openConfig(asked.config, io, { ...EXPLAIN_NEEDS, clients, buckets });
  if (!snapshot) return 1;
  io.stdout.write(painted(`${answerTo(request, snapshot)}\n`, MARKS, io.stdout));
  return 0;
}

interface Request {
  readonly url: string;
  readonly op: Operation;
  readonly from: string | undefined;
  readonly client: string | undefined;
  readonly prefix: string | undefined;
}

function bucketsOf({ url, from }: Request): readonly string[] {
  return [url, from].flatMap((one) => /^s3:\/\/([^/]+)/.exec(one ?? '')?.[1] ?? []);
}

/** @throws UsageError when operation, URL and source don't go together */
function requestedBy({ url, op: name, from, client, prefix }: ExplainAsked): Request {
  const op = operationNamed(name);
  if (!SHAPES[op.shape].test(url)) throw new UsageError(`${name} takes ${URLS[op.shape]}, not ${url}`);
  if (from !== undefined && !op.copies) throw new UsageError(`${name} has no source; leave --from out`);
  if (from !== undefined && !from.startsWith('s3://'))
    throw new UsageError(`--from is s3://bucket/key, not ${from}`);
  if (prefix !== undefined && !op.name.startsWith('List'))
    throw new UsageError(`${name} is not a list; leave --prefix out`);
  return { url, op, from, client, prefix };
}

function operationNamed(name: string): Operation {
  const found = OPERATIONS.find((one) => one.name === name);
  if (!found) throw new UsageError(`${name} is not an S3 operation`);
  return found;
}

/** @throws UsageError for a client that the config does not have */
function answerTo(request: Request, snapshot: Snapshot): string {
  const { op, url, client } = request;
  const caller = client === undefined ? undefined : callerNamed(client, snapshot);
  const head = [`${op.name} ${url}`, ...(caller ? [`client: ${caller.name}`] : [])];
  let planned: Planned | undefined;
  try {
    planned = plannedOf(request, snapshot);
    const scope = scopeOf(planned, snapshot);
    if (caller) authorize(scope, caller.permissions);
    return [...head, ...describe(planned, scope, snapshot)].join('\n');
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const refused = `refused: ${error.status} ${error.code}: ${error.message}`;
    const denial =
      planned && error.code === 'AccessDenied' ? whyDenied(planned, snapshot, caller) : undefined;
    return [...head, refused, ...reasonOf(denial)].join('\n');
  }
}

function reasonOf(denial: Denial | undefined): string[] {
  if (!denial) return [];
  return [
    `why: ${denial.why}`,
    ...denial.lookedAt.map((line) => `looked at: ${line}`),
    `to allow it: ${denial.fix}`,
  ];
}

/** @throws UsageError */
function callerNamed(name: string, { clients, anonymous }: Snapshot): Pick<Caller, 'name' | 'permissions'> {
  const client = clients.get(name);
  if (client) return { name, permissions: client.permissions };
  if (name === 'anonymous' && anonymous) return { name, permissions: anonymous };
  const known = [...clients.keys(), ...(anonymous ? ['anonymous'] : [])];
  const fix = didYouMean(name, known) ?? `it has ${known.join(', ') || 'none that can be read'}`;
  throw new UsageError(`the config has no client "${name}"; ${fix}`);
}

function plannedOf({ url, op, from, prefix }: Request, snapshot: Snapshot): Planned {
  const headers = new WireHeaders(
    from === undefined ? [] : ['x-amz-copy-source', encodePath(from.slice('s3://'.length))],
  );
  const now = new Date();
  const named = parseTarget(`/${encodePath(url.slice('s3://'.length))}${queryOf(op, prefix)}`, undefined, []);
  const target = withExampleUpload(named, snapshot, now);
  const signer = ({ credentials }: Upstream): Credentials => credentials;
  return { operation: op, target, headers, signer, now };
}

function describe(planned: Planned, scope: Scope, snapshot: Snapshot): string[] {
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
  const { name, protocol, hostname, port, provider, region } = upstream;
  const which = upstreams.size === 0 ? '' : `${name}, `;
  return `${which}${protocol}//${hostname}:${port}, provider ${provider.name}, region ${region}`;
}

const BY_UPLOAD_ID = 'the key that the upload began with, which its id names; for one that begins now ';

/** The id of an upload says which key it began with: here, that of an upload which begins now. */
function withExampleUpload(target: Target, { rules }: Snapshot, now: Date): Target {
  const uploadId = target.query.get('uploadId');
  if (uploadId === undefined || target.shape !== 'object') return target;
  const match = rules.matchObject(target.bucket, target.objectKey);
  const ring = match.kind === 'rule' ? ringOfRule(match.rule) : undefined;
  const ssecKey = ring && writingKey(ring, target, now);
  if (!ssecKey) return target;
  const shown = pinUploadId(uploadId, target, { began: 'ours', ssecKey });
  return { ...target, query: target.query.with('uploadId', shown) };
}

function queryOf({ query }: Operation, prefix: string | undefined): string {
  const conditions = query.map((condition) =>
    condition in EXAMPLES ? `${condition}=${EXAMPLES[condition]}` : condition,
  );
  if (prefix !== undefined) conditions.push(`prefix=${encodePath(prefix)}`);
  return conditions.length === 0 ? '' : `?${conditions.join('&')}`;
}

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
