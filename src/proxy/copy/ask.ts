import type { Readable } from 'node:stream';
import type { WireHeaders } from '../../s3/headers.ts';
import type { CopyLimits } from '../../snapshot/copy-limits.ts';
import type { End } from '../../ssec/headers.ts';
import type { Answer } from '../../upstream/forward.ts';
import type { Exchange } from '../exchange.ts';
import type { Serving } from '../handle.ts';
import type { Plan } from '../plan/make-plan.ts';
import { requireProof } from '../proof/prove.ts';
import { misdirected } from '../reply/our-faults.ts';
import { storeErrorOf } from '../reply/relay.ts';
import { attemptAll } from '../ring/attempts.ts';
import { type EndQuery, endPlan } from './end-plan.ts';
import { StoreRefusal } from './store-refusal.ts';

/** A copy under way. */
export interface Copying {
  /** Of the client. */
  readonly exchange: Exchange;
  /** Of the copy. */
  readonly plan: Plan;
  readonly serving: Serving;
  readonly limits: CopyLimits;
}

/** One of the requests that a copy is made of. */
export interface Step {
  readonly end: End;
  /** Of the operation. */
  readonly name: string;
  readonly query?: EndQuery;
  readonly headers: WireHeaders;
  readonly body?: { readonly stream: Readable; readonly length: number };
}

export interface Asked {
  readonly answer: Answer;
  /** Of this request. */
  readonly plan: Plan;
}

/**
 * Asks the store at one end of a copy like a client would: with that end's ring and proofs.
 * @throws StoreRefusal when it does not succeed; S3Error, UpstreamError as an attempt does
 */
export async function ask({ exchange, plan, serving }: Copying, step: Step): Promise<Asked> {
  const { end, name, query, headers, body } = step;
  const planned = endPlan(plan, end, name, query);
  const { upstream, operation } = planned;
  const asking: Exchange = {
    ...exchange,
    method: operation.method,
    headers: body ? headers.with({ 'content-length': String(body.length) }) : headers,
    body: body && body.length > 0 ? 'some' : 'none',
    stream: body?.stream ?? exchange.stream,
    begin: () => {},
  };
  const answer = await attemptAll(asking, planned, {
    ...serving,
    upstream,
    agent: serving.agents.of(upstream),
  });
  await requireProof(asking, answer, planned, serving);
  await requireSuccess(asking, answer, planned);
  return { answer, plan: planned };
}

async function requireSuccess(asking: Exchange, answer: Answer, plan: Plan): Promise<void> {
  const { response } = answer;
  const status = response.statusCode ?? 502;
  asking.log.upstreamStatus = status;
  if (status >= 200 && status < 300) return;
  try {
    if (status === 304) throw new StoreRefusal(412, UNMODIFIED);
    if (status < 400) throw misdirected(asking, response, plan.upstream);
    throw new StoreRefusal(status, await storeErrorOf(asking, answer, plan));
  } finally {
    if (answer.early || !response.complete) answer.destroy();
    else response.resume();
  }
}

/** A GET whose conditions don't hold is 304 where a copy is 412. */
const UNMODIFIED = {
  code: 'PreconditionFailed',
  message: 'At least one of the pre-conditions you specified did not hold',
  fields: {},
};
