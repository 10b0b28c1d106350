import type { WireHeaders } from '../../s3/headers.ts';
import type { OperationName } from '../../s3/operations.ts';
import type { CopyLimits } from '../../snapshot/copy-limits.ts';
import type { End } from '../../ssec/headers.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Asker, Exchange } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { OwnQuery } from '../plan/own-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { refuseUnsupported } from '../plan/unsupported.ts';
import { requireProof, requireTrust } from '../proof/prove.ts';
import { rememberUpload } from '../proof/remember-upload.ts';
import { storeErrorOf } from '../reply/error.ts';
import { misdirected } from '../reply/our-faults.ts';
import { attemptAll } from '../ring/attempts.ts';
import type { Serving } from '../serving.ts';
import { misfit } from '../store/misfit.ts';
import { type OwnBody, ownMessage } from '../store/own-sending.ts';
import { requireWritten } from '../store/written.ts';
import { endPlan } from './end-plan.ts';
import { StoreRefusal } from './store-refusal.ts';

/** A request of a client that the proxy does by several of its own. */
export interface Doing {
  readonly exchange: Exchange;
  /** For whom: the client, as long as it waits. */
  readonly asker: Asker;
  /** Of the client. */
  readonly message: Message;
  /** Of the client's request. */
  readonly plan: Plan;
  readonly serving: Serving;
}

/** A copy under way. */
export interface Copying extends Doing {
  readonly limits: CopyLimits;
}

/** One of the requests that it is done by. */
export interface Step {
  readonly end: End;
  /** Of the operation. */
  readonly name: OperationName;
  readonly query?: OwnQuery;
  readonly headers: WireHeaders;
  readonly body?: OwnBody;
  /** What it does is undone when the client leaves. */
  readonly undone?: true;
}

export interface Asked {
  readonly answer: Answer;
  /** Of this request. */
  readonly plan: Plan;
}

/**
 * Asks the store at one end of a copy, or where the target of another request is, like a client would: with that end's
 * ring and proofs.
 * @throws StoreRefusal when it does not succeed; S3Error ServiceUnavailable where what it writes is distrusted;
 *   S3Error, UpstreamError as an attempt does
 */
export async function askEnd({ exchange, asker, plan, serving }: Doing, step: Step): Promise<Asked> {
  const { end, name, query, headers, body } = step;
  const planned = endPlan(plan, end, name, query);
  // What a source has may be more to the store that it goes to.
  const { operation, target, upstream } = planned;
  if (end === 'target') refuseUnsupported(operation, { headers, query: target.query }, upstream);
  await requireTrust(exchange, planned, serving);
  const message = ownMessage(planned, headers, body);
  const answer = await attemptAll({ message, plan: planned, asker: askedBy(asker, step) }, serving);
  await requireProof(exchange, answer, planned, serving);
  rememberUpload(planned, answer.response.statusCode ?? 0, serving);
  await requireSuccess(asker, answer, planned, serving);
  return { answer, plan: planned };
}

function askedBy(asker: Asker, { undone }: Step): Asker {
  if (undone === undefined) return asker;
  const { log, trace, signal } = asker;
  return { log, trace, signal, undone };
}

async function requireSuccess(asker: Asker, answer: Answer, plan: Plan, serving: Serving): Promise<void> {
  const { log } = asker;
  const { response } = answer;
  const status = response.statusCode ?? 502;
  log.upstreamStatus = status;
  try {
    if (status >= 200 && status < 300) {
      if (!plan.operation.successes.has(status)) throw misfit(log, plan, `status ${status}`);
      // Documents are judged by who reads them.
      if (plan.operation.answers === 'nothing') await requireWritten(asker, answer, plan);
      return;
    }
    if (status === 304) throw new StoreRefusal(412, UNMODIFIED);
    if (status < 400) throw misdirected(log, response, plan);
    throw new StoreRefusal(status, await storeErrorOf(log, answer, plan, serving));
  } catch (error) {
    if (response.complete) response.resume();
    else answer.destroy();
    throw error;
  }
}

/** A GET whose conditions don't hold is 304 where a copy is 412. */
const UNMODIFIED = {
  code: 'PreconditionFailed',
  message: 'At least one of the pre-conditions you specified did not hold',
  fields: {},
};
