import type { Agent } from 'node:http';
import type { SseKey } from '../keys/key.ts';
import { S3Error } from '../s3/errors.ts';
import { mayBeAboutKey } from '../s3/read-failure.ts';
import type { Upstream } from '../snapshot/snapshot.ts';
import { type Answer, forward } from '../upstream/forward.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import type { Exchange } from './exchange.ts';
import { type AttemptKeys, outboundOf } from './outbound.ts';
import type { Injection, Plan } from './plan.ts';

interface Context {
  readonly upstream: Upstream;
  readonly agent: Agent;
  readonly now: () => Date;
}

/**
 * Sends the request, as often as the ring of its rule has keys: an answer that may mean "another key" lets the next
 * one try.
 *
 * @throws S3Error SlowDown, ServiceUnavailable; UpstreamError `client-left`
 */
export async function attemptAll(exchange: Exchange, plan: Plan, context: Context): Promise<Answer> {
  // A body can't be sent twice, so a SelectObjectContent has the ring's first key only.
  const choices = exchange.body === 'none' ? choicesOf(plan) : choicesOf(plan).slice(0, 1);
  for (const [index, keys] of choices.entries()) {
    exchange.log.attempts = index + 1;
    const ssecKeyId = (keys.target ?? keys.source)?.id;
    if (ssecKeyId !== undefined) exchange.log.ssecKeyId = ssecKeyId;
    const answer = await attempt(exchange, plan, keys, context);
    const last = index === choices.length - 1;
    if (last || !mayBeAboutKey(context.upstream.provider.keyRefusals, answer.response.statusCode ?? 0))
      return answer;
    answer.response.resume();
  }
  throw new Error('a plan always has a choice');
}

/** Only one end of a request ever has a ring of more than one key: what is read. */
function choicesOf({ ssec, source }: Plan): readonly AttemptKeys[] {
  const targets = keysOf(ssec);
  const sources = source ? keysOf(source.ssec) : [undefined];
  return targets.flatMap((target) =>
    sources.map((from) => ({ ...(target ? { target } : {}), ...(from ? { source: from } : {}) })),
  );
}

function keysOf(injection: Injection): readonly (SseKey | undefined)[] {
  return injection.kind === 'inject' ? injection.ring : [undefined];
}

/** A connection that the store had closed meanwhile is no reason to fail: a request without a body goes once more. */
async function attempt(exchange: Exchange, plan: Plan, keys: AttemptKeys, context: Context): Promise<Answer> {
  try {
    return await send(exchange, plan, keys, context);
  } catch (error) {
    const again = exchange.body === 'none' && error instanceof UpstreamError && error.fault === 'reset';
    if (!again) throw asS3Error(error);
  }
  try {
    return await send(exchange, plan, keys, context);
  } catch (error) {
    throw asS3Error(error);
  }
}

function send(
  exchange: Exchange,
  plan: Plan,
  keys: AttemptKeys,
  { upstream, agent, now }: Context,
): Promise<Answer> {
  const outbound = outboundOf(exchange, plan, { keys, upstream, now: now() });
  const { stream, begin } = exchange;
  const body = exchange.body === 'some' ? { stream, begin } : undefined;
  return forward({ ...outbound, body, signal: exchange.signal }, upstream, agent);
}

function asS3Error(error: unknown): unknown {
  if (!(error instanceof UpstreamError) || error.fault === 'client-left') return error;
  if (error.fault === 'unreachable' || error.fault === 'connect-timeout') {
    return new S3Error(
      'SlowDown',
      'The store can not be reached at the moment. Please reduce your request rate.',
      {
        cause: error,
      },
    );
  }
  return new S3Error('ServiceUnavailable', 'The store did not answer. Please try again.', { cause: error });
}
