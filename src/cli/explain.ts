import { parseArgs } from 'node:util';
import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { Io } from '../io.ts';
import { writingKey } from '../keys/ring.ts';
import { pinUploadId } from '../multipart/upload-id.ts';
import { endPlan } from '../proxy/copy/end-plan.ts';
import type { Injection } from '../proxy/injection.ts';
import { type AttemptKeys, outboundOf } from '../proxy/outbound.ts';
import { makePlan, type Plan } from '../proxy/plan.ts';
import { ringOfRule } from '../rules/ring-of.ts';
import { S3Error } from '../s3/errors.ts';
import { WireHeaders } from '../s3/headers.ts';
import { OPERATIONS, type Operation } from '../s3/operations.ts';
import { encodePath } from '../s3/percent.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import type { Credentials } from '../secret.ts';
import type { Snapshot, Upstream } from '../snapshot/snapshot.ts';
import type { End } from '../ssec/headers.ts';

const USAGE = `usage: ssec-proxy explain CONFIG s3://bucket[/key] --op OPERATION [--from s3://bucket/key]
       --op    an S3 operation such as GetObject, PutObject, CopyObject, ListObjectsV2
       --from  the source of a CopyObject or UploadPartCopy
Operations of the service take s3://, those of buckets s3://bucket, those of objects s3://bucket/key.
`;

const SHAPES: Readonly<Record<Operation['shape'], RegExp>> = {
  service: /^s3:\/\/$/,
  bucket: /^s3:\/\/[^/]+\/?$/,
  object: /^s3:\/\/[^/]+\/./s,
};

/** Values that stand for those of a real request. */
const EXAMPLES: Readonly<Record<string, string>> = { uploadId: 'UPLOAD-ID', partNumber: '1', id: 'ID' };

/** `ssec-proxy explain`: what would happen to a request, decided by the code that serves. Exit codes: 0, 1, 2. */
export async function explain(args: readonly string[], io: Io): Promise<number> {
  const asked = parse(args);
  if (asked === undefined) {
    io.stderr.write(USAGE);
    return 2;
  }
  const { snapshot, problems } = await loadConfig(asked.file);
  if (!snapshot) {
    for (const problem of problems) io.stderr.write(`${formatProblem(problem, asked.file)}\n`);
    return 1;
  }
  try {
    io.stdout.write(`${describe(asked, snapshot).join('\n')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    io.stdout.write(
      `${asked.op.name} ${asked.url}\nrefused: ${error.status} ${error.code}: ${error.message}\n`,
    );
    return 0;
  }
}

interface Asked {
  readonly file: string;
  readonly url: string;
  readonly op: Operation;
  readonly from: string | undefined;
}

function parse(args: readonly string[]): Asked | undefined {
  const options = { op: { type: 'string' }, from: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [file, url, ...rest] = positionals;
    const op = OPERATIONS.find(({ name }) => name.toLowerCase() === values.op?.toLowerCase());
    if (!file || !url?.startsWith('s3://') || !op || rest.length > 0) return undefined;
    if (values.from !== undefined && !(op.copies && values.from.startsWith('s3://'))) return undefined;
    if (!SHAPES[op.shape].test(url)) return undefined;
    return { file, url, op, from: values.from };
  } catch {
    return undefined;
  }
}

function describe({ url, op, from }: Asked, snapshot: Snapshot): string[] {
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
  relay: 'the proxy, which reads the source and writes it anew',
} as const;

/** What goes to the store; of a copy that the proxy does, its two main requests. */
function requestsOf(plan: Plan, asked: Requested): string[] {
  if (plan.source?.copy !== 'relay') return requestOf(plan, asked);
  const { partNumber, uploadId } = EXAMPLES;
  const [write, query] =
    plan.operation.name === 'CopyObject' ? ['PutObject', {}] : ['UploadPart', { partNumber, uploadId }];
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
