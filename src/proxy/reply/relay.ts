import type { Success } from '../../forms/success.ts';
import { holdsKey } from '../../ssec/leak.ts';
import type { Answer } from '../../upstream/answer.ts';
import { fieldOf } from '../../upstream/response.ts';
import { requireWritten } from '../store/written.ts';
import { replyingTo } from './by-operation.ts';
import { relayError, relayRefusedHead } from './error.ts';
import { replyToForm } from './form.ts';
import { sendLate } from './late.ts';
import { misdirected } from './our-faults.ts';
import { requireOwnAnswer } from './own-answer.ts';
import { requireOwnStatus } from './own-status.ts';
import { relayBody } from './relay-body.ts';
import type { Reply, Replying } from './reply.ts';

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
  if (!holdsKey(requestId, plan.ssecKeys)) log.upstreamRequestId = requestId;
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
