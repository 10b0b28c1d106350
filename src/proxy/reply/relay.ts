import { holdsKey } from '../../ssec/leak.ts';
import { fieldOf } from '../../upstream/response.ts';
import { requireNoError } from '../store/no-error.ts';
import { replyingTo } from './by-operation.ts';
import { relayError } from './error.ts';
import { replyToForm } from './form.ts';
import { misdirected } from './our-faults.ts';
import { requireOwnAnswer } from './own-answer.ts';
import { requireOwnStatus } from './own-status.ts';
import { relayBody } from './relay-body.ts';
import type { Reply, Replying } from './reply.ts';

/** Streams the store's answer to the client. A store that dies half-way ends the client's connection visibly. */
export async function relay(reply: Reply): Promise<void> {
  const { answer } = reply;
  try {
    noteAnswer(reply);
    const replying = replyingOf(reply)(reply);
    if (replying) await replying;
  } finally {
    const { response } = answer;
    if (!response.complete) answer.destroy();
    else if (!response.readableDidRead || response.readableLength > 0) response.resume();
  }
}

function noteAnswer({ exchange: { log }, answer: { response }, plan }: Reply): void {
  log.upstreamStatus = response.statusCode ?? 502;
  const requestId = fieldOf(response, 'x-amz-request-id');
  if (requestId !== undefined && !holdsKey(requestId, plan.ssecKeys)) log.upstreamRequestId = requestId;
}

/** @throws S3Error for a redirect, which nobody is to follow around the proxy */
function replyingOf({ exchange, answer: { response }, plan, serving, form }: Reply): Replying {
  const status = response.statusCode ?? 502;
  if (status >= 300 && status < 400 && status !== 304) throw misdirected(exchange.log, response, plan);
  if (status < 400) requireOwnStatus(exchange, response, plan);
  if (status >= 400 && exchange.received.method !== 'HEAD') return relayError;
  if (plan.operation.roots.length > 0 && status !== 304) return relayOwn;
  if (status !== 200) return relayBody;
  if (plan.operation.method === 'GET' || plan.operation.method === 'HEAD')
    return replyingTo(plan, serving.snapshot.rules) ?? relayBody;
  return form ? relayWritten : (replyingTo(plan, serving.snapshot.rules) ?? relayWritten);
}

async function relayWritten(reply: Reply): Promise<void> {
  const { exchange, answer, plan, form } = reply;
  await requireNoError(exchange, answer, plan);
  if (form) await replyToForm(reply, form);
  else await relayBody(reply);
}

/** A document that is the answer to what was asked. */
async function relayOwn(reply: Reply): Promise<void> {
  await requireOwnAnswer(reply);
  await (replyingTo(reply.plan, reply.serving.snapshot.rules) ?? relayBody)(reply);
}
