import type { Io } from '../io.ts';
import { writingKey } from '../keys/ring.ts';
import { pinUploadId } from '../multipart/upload-id.ts';
import { endPlan } from '../proxy/copy/end-plan.ts';
import { makePlan } from '../proxy/plan/make-plan.ts';
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
import { openConfig } from './opening.ts';

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
}

const MARKS: Marks = [
  [/^[A-Z][A-Za-z0-9]+ s3:\/\/.*/, 'bold'],
  [/^refused:/, 'red'],
  [/^(?:source )?(?:rule|SSE-C):|^copied by:|^sent to:|^and to:/, 'cyan'],
];

/** `ssec-proxy explain`: what would happen to a request, decided by the code that serves. Exit codes: 0, 1, 2. */
export async function explain(asked: ExplainAsked, io: Io): Promise<number> {
  const request = requestedBy(asked);
  const snapshot = await openConfig(asked.config, io);
  if (!snapshot) return 1;
  io.stdout.write(painted(`${answerTo(request, snapshot)}\n`, MARKS, io.stdout));
  return 0;
}

interface Request {
  readonly url: string;
  readonly op: Operation;
  readonly from: string | undefined;
}

/** @throws UsageError when operation, URL and source don't go together */
function requestedBy({ url, op: name, from }: ExplainAsked): Request {
  const op = operationNamed(name);
  if (!SHAPES[op.shape].test(url)) throw new UsageError(`${name} takes ${URLS[op.shape]}, not ${url}`);
  if (from !== undefined && !op.copies) throw new UsageError(`${name} has no source; leave --from out`);
  if (from !== undefined && !from.startsWith('s3://'))
    throw new UsageError(`--from is s3://bucket/key, not ${from}`);
  return { url, op, from };
}

function operationNamed(name: string): Operation {
  const found = OPERATIONS.find((one) => one.name === name);
  if (!found) throw new UsageError(`${name} is not an S3 operation`);
  return found;
}

function answerTo(request: Request, snapshot: Snapshot): string {
  try {
    return describe(request, snapshot).join('\n');
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return `${request.op.name} ${request.url}\nrefused: ${error.status} ${error.code}: ${error.message}`;
  }
}

function describe({ url, op, from }: Request, snapshot: Snapshot): string[] {
  const headers = new WireHeaders(
    from === undefined ? [] : ['x-amz-copy-source', encodePath(from.slice('s3://'.length))],
  );
  const now = new Date();
  const named = parseTarget(`/${encodePath(url.slice('s3://'.length))}${queryOf(op)}`, undefined, []);
  const target = withExampleUpload(named, snapshot, now);
  const signer = ({ credentials }: Upstream): Credentials => credentials;
  const plan = makePlan({ operation: op, target, headers, signer, now }, snapshot);
  const sent = requestsOf(plan, { headers, snapshot, now });
  return [
    `${op.name} ${url}`,
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

function queryOf({ query }: Operation): string {
  if (query.length === 0) return '';
  const conditions = query.map((condition) =>
    condition in EXAMPLES ? `${condition}=${EXAMPLES[condition]}` : condition,
  );
  return `?${conditions.join('&')}`;
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
