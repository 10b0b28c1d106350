import { didYouMean } from '../config/suggest.ts';
import type { Io } from '../io.ts';
import { writingKey } from '../keys/ring.ts';
import { pinUploadId } from '../multipart/upload-id.ts';
import type { Caller } from '../proxy/intake/admitted.ts';
import { authorize } from '../proxy/plan/authorize.ts';
import { type Planned, scopeOf } from '../proxy/plan/make-plan.ts';
import { ringOfRule } from '../rules/ring-of.ts';
import { S3Error } from '../s3/errors.ts';
import { WireHeaders } from '../s3/headers.ts';
import { OPERATIONS, type Operation } from '../s3/operations.ts';
import { encodePath } from '../s3/percent.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import type { Credentials } from '../secret.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { type Marks, painted } from './colour.ts';
import { UsageError } from './command.ts';
import { EXPLAIN_NEEDS } from './commands/needs.ts';
import { describe, EXAMPLES } from './explained.ts';
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
