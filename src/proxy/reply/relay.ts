import { type Dialect, S3 } from '../../dialects/dialect.ts';
import type { Success } from '../../forms/success.ts';
import type { RuleSet } from '../../rules/match.ts';
import type { OperationName } from '../../s3/operations.ts';
import { holdsKey, mayHoldKey } from '../../ssec/leak.ts';
import type { Answer } from '../../upstream/answer.ts';
import { fieldOf } from '../../upstream/response.ts';
import type { Plan } from '../plan/plan.ts';
import { requireWritten } from '../store/written.ts';
import { relayError, relayRefusedHead } from './error.ts';
import { ATTRIBUTES, LIST } from './etags.ts';
import { replyToForm } from './form.ts';
import { sendLate } from './late.ts';
import { sendBuckets } from './list-buckets.ts';
import { sendBucketHead, sendCreated, sendLocation } from './location.ts';
import { misdirected } from './our-faults.ts';
import { requireOwnAnswer } from './own-answer.ts';
import { requireOwnStatus } from './own-status.ts';
import { relayBody } from './relay-body.ts';
import type { Reply, Replying } from './reply.ts';
import { type Rewrite, rewriting } from './rewrite.ts';
import { told } from './told.ts';
import { BEGUN_UPLOAD, LISTED_PARTS, LISTED_UPLOADS } from './uploads.ts';

/**
 * Streams the store's answer to the client. A store that dies half-way ends the client's connection visibly.
 * @returns a promise only where something has to be waited for
 */
export function relay(reply: Reply): Promise<void> | undefined {
  const { answer } = reply;
  let replying: Promise<void> | undefined;
  try {
    noteAnswer(reply);
    replying = replyingOf(reply)(reply);
  } finally {
    if (!replying) letGo(answer);
  }
  return replying?.finally(() => letGo(answer));
}

/** What nobody reads any more. */
function letGo({ response, destroy }: Answer): void {
  if (!response.complete) destroy();
  else if (response.unstreamed) return;
  else if (!response.readableDidRead || response.readableLength > 0) response.resume();
}

function noteAnswer({ exchange: { log }, answer: { response }, plan }: Reply): void {
  log.upstreamStatus = response.statusCode ?? 502;
  const requestId = fieldOf(response, 'x-amz-request-id');
  if (requestId === undefined || !REQUEST_ID.test(requestId)) return;
  // A first look is enough for nearly all.
  if (!mayHoldKey(['', requestId], plan.ssecKeys) || !holdsKey(requestId, plan.ssecKeys))
    log.upstreamRequestId = requestId;
}

/** Ceph's are the longest, with the name of the zone behind them: about 60 characters. */
const REQUEST_ID = /^[!-~]{1,128}$/;

/** @throws S3Error for a redirect, which nobody is to follow around the proxy; for what is no answer to this request */
function replyingOf({ exchange, answer: { response }, plan, serving }: Reply): Replying {
  const status = response.statusCode ?? 502;
  if (status >= 300 && status < 400 && status !== 304) throw misdirected(exchange.log, response, plan);
  if (status >= 400) return exchange.received.method === 'HEAD' ? relayRefusedHead : relayError;
  requireOwnStatus(exchange, response, plan);
  if (status === 304) return relayBody;
  const { method, answers } = plan.operation;
  const replying = status === 200 ? replyingTo(plan, serving.snapshot.rules, exchange.dialect) : undefined;
  if (method !== 'GET' && method !== 'HEAD') return replying === sendLate ? sendLate : relayWritten;
  return answers === 'document' ? relayOwn : (replying ?? relayBody);
}

function relayWritten(reply: Reply): Promise<void> | undefined {
  const found = requireWritten(reply.exchange, reply.answer, reply.plan);
  const { exchange, form, plan, serving } = reply;
  const replying = form
    ? toForm(form)
    : (replyingTo(plan, serving.snapshot.rules, exchange.dialect) ?? relayBody);
  return found ? found.then((behind) => replying({ ...reply, behind })) : replying(reply);
}

function toForm(form: Success): Replying {
  return (reply) => replyToForm(reply, form);
}

/** A document that is the answer to what was asked. */
async function relayOwn(reply: Reply): Promise<void> {
  await requireOwnAnswer(reply);
  await (replyingTo(reply.plan, reply.serving.snapshot.rules, reply.exchange.dialect) ?? relayBody)(reply);
}

/** Answers of status 200 whose document is not simply streamed on: newly made, or rewritten where that applies. */
const REPLIES: Readonly<Partial<Record<OperationName, Replying | Rewrite>>> = {
  CompleteMultipartUpload: sendLate,
  CopyObject: sendLate,
  CreateBucket: sendCreated,
  CreateMultipartUpload: BEGUN_UPLOAD,
  GetBucketLocation: sendLocation,
  GetObjectAttributes: ATTRIBUTES,
  HeadBucket: sendBucketHead,
  ListBuckets: sendBuckets,
  ListMultipartUploads: LISTED_UPLOADS,
  ListObjects: LIST,
  ListObjectsV2: LIST,
  ListObjectVersions: LIST,
  ListParts: LISTED_PARTS,
  UploadPartCopy: sendLate,
};

/** How an answer of status 200 becomes the client's; undefined where it streams on unchanged. */
function replyingTo(plan: Plan, rules: RuleSet, client: Dialect): Replying | undefined {
  const row = REPLIES[plan.operation.name];
  if (typeof row === 'function') return row;
  const applied = row?.applies(plan, rules) ? row : undefined;
  const whole = client === (plan.upstream.dialect ?? S3) ? applied : told(applied, plan, client);
  return whole && rewriting(whole);
}
