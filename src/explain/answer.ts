import { didYouMean } from '../config/suggest.ts';
import { writingKey } from '../keys/ring.ts';
import { pinUploadId } from '../multipart/upload-id.ts';
import type { Caller } from '../proxy/intake/admitted.ts';
import { authorize } from '../proxy/plan/authorize.ts';
import { type Planned, scopeOf } from '../proxy/plan/make-plan.ts';
import { ringOfRule } from '../rules/match.ts';
import { S3Error } from '../s3/errors.ts';
import { WireHeaders } from '../s3/headers.ts';
import { OPERATIONS, type Operation } from '../s3/operations.ts';
import { encodeComponent, encodePath } from '../s3/percent.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import type { Credentials } from '../secret.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { describe, EXAMPLES } from './plan-in-words.ts';
import { type Denial, whyDenied } from './why-denied.ts';

/** What somebody wants to know of the config. */
export interface Asked {
  readonly url: string;
  readonly op: string;
  readonly from?: string | undefined;
  /** An access key id, or `anonymous`. */
  readonly client?: string | undefined;
  /** What a list begins with. */
  readonly prefix?: string | undefined;
}

/** The question itself can't be answered: its parts do not go together, or the config has no such client. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError';
}

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

export interface Question {
  readonly url: string;
  readonly op: Operation;
  readonly from: string | undefined;
  readonly client: string | undefined;
  readonly prefix: string | undefined;
}

/** The same for the admin address: the answer, or what is wrong with the question. */
export function explained(query: ReadonlyMap<string, string>, snapshot: Snapshot): Explained {
  const { op = 'GetObject', url = '', ...more } = Object.fromEntries(query) as Partial<Asked>;
  try {
    const lines = answerTo(questionOf({ op, url, ...more }), snapshot);
    return { allowed: !lines.some((line) => line.startsWith('refused: ')), lines };
  } catch (error) {
    if (error instanceof QuestionError) return { wrong: error.message };
    throw error;
  }
}

type Explained =
  | { readonly allowed: boolean; readonly lines: readonly string[] }
  | { readonly wrong: string };

/** @throws QuestionError when operation, URL and source don't go together */
export function questionOf({ url, op: name, from, client, prefix }: Asked): Question {
  const op = operationNamed(name);
  if (!SHAPES[op.shape].test(url)) throw new QuestionError(`${name} takes ${URLS[op.shape]}, not ${url}`);
  if (from !== undefined && !op.copies) throw new QuestionError(`${name} has no source; leave --from out`);
  if (from !== undefined && !from.startsWith('s3://'))
    throw new QuestionError(`--from is s3://bucket/key, not ${from}`);
  if (prefix !== undefined && !op.name.startsWith('List'))
    throw new QuestionError(`${name} is not a list; leave --prefix out`);
  return { url, op, from, client, prefix };
}

function operationNamed(name: string): Operation {
  const found = OPERATIONS.find((one) => one.name === name);
  if (!found) throw new QuestionError(`${name} is not an S3 operation`);
  return found;
}

const BESIDE = 'on a connection to a listener with tls.clientCa; without it, the client gets 403';

/** A line each. @throws QuestionError for a client that the config does not have */
export function answerTo(question: Question, snapshot: Snapshot): readonly string[] {
  const { op, url, client } = question;
  const caller = client === undefined ? undefined : callerNamed(client, snapshot);
  const head = [
    `${op.name} ${url}`,
    ...(caller ? [`client: ${caller.name}`] : []),
    ...(caller?.certificate === undefined ? [] : [`certificate: one with ${caller.certificate}, ${BESIDE}`]),
  ];
  let planned: Planned | undefined;
  try {
    planned = plannedOf(question, snapshot);
    const scope = scopeOf(planned, snapshot);
    if (caller) authorize(scope, caller.permissions);
    return [...head, ...describe(planned, scope, snapshot)];
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const refused = `refused: ${error.status} ${error.code}: ${error.message}`;
    const denial =
      planned && error.code === 'AccessDenied' ? whyDenied(planned, snapshot, caller) : undefined;
    return [...head, refused, ...reasonOf(denial)];
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

type Shown = Pick<Caller, 'name' | 'permissions' | 'certificate'>;

/** @throws QuestionError */
function callerNamed(name: string, { clients, anonymous }: Snapshot): Shown {
  const client = clients.get(name);
  if (client) return { name, permissions: client.permissions, certificate: client.certificate };
  if (name === 'anonymous' && anonymous) return { name, permissions: anonymous };
  const known = [...clients.keys(), ...(anonymous ? ['anonymous'] : [])];
  const fix = didYouMean(name, known) ?? `it has ${known.join(', ') || 'none that can be read'}`;
  throw new QuestionError(`the config has no client "${name}"; ${fix}`);
}

function plannedOf({ url, op, from, prefix }: Question, snapshot: Snapshot): Planned {
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
  const conditions = query.map((condition) => {
    const [name = ''] = condition.split('=');
    return name in EXAMPLES ? `${name}=${encodeComponent(EXAMPLES[name] ?? '')}` : condition;
  });
  if (prefix !== undefined) conditions.push(`prefix=${encodePath(prefix)}`);
  return conditions.length === 0 ? '' : `?${conditions.join('&')}`;
}
