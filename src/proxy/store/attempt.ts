import type { Agent } from 'node:http';
import type { Metrics } from '../../admin/metrics.ts';
import type { KeyMemo } from '../../keys/memo.ts';
import { S3Error } from '../../s3/errors.ts';
import type { BucketRegions } from '../../upstream/bucket-regions.ts';
import { type Answer, forward } from '../../upstream/forward.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/make-plan.ts';
import { sendToRegion } from './bucket-region.ts';
import { type AttemptKeys, outboundOf } from './outbound.ts';

export interface Context {
  readonly upstream: Upstream;
  readonly agent: Agent;
  readonly regions: BucketRegions;
  readonly memo: KeyMemo;
  readonly metrics: Pick<Metrics, 'keyUse' | 'plainRead'>;
  readonly now: () => Date;
}

/** What is sent: the exchange itself, or a question of ours about its object. */
export type Sending = Pick<Exchange, 'method' | 'headers' | 'body' | 'stream' | 'begin' | 'signal' | 'log'>;

/**
 * Sends one request, to the region of its bucket. A connection that the store had closed meanwhile is no reason to
 * fail: without a body it goes once more.
 * @throws S3Error SlowDown, ServiceUnavailable; UpstreamError `client-left`
 */
export async function attempt(
  sending: Sending,
  plan: Plan,
  keys: AttemptKeys,
  context: Context,
): Promise<Answer> {
  return await sendToRegion({ sending, plan, keys }, context, (asking, upstream) =>
    sendAgain(asking.sending, asking.plan, asking.keys, { ...context, upstream }),
  );
}

async function sendAgain(sending: Sending, plan: Plan, keys: AttemptKeys, context: Context): Promise<Answer> {
  sending.log.attempts = (sending.log.attempts ?? 0) + 1;
  try {
    return await send(sending, plan, keys, context);
  } catch (error) {
    const again = sending.body === 'none' && error instanceof UpstreamError && error.fault === 'reset';
    if (!again) throw asS3Error(error);
  }
  try {
    return await send(sending, plan, keys, context);
  } catch (error) {
    throw asS3Error(error);
  }
}

function send(
  sending: Sending,
  plan: Plan,
  keys: AttemptKeys,
  { upstream, agent, now }: Context,
): Promise<Answer> {
  const outbound = outboundOf(sending, plan, { keys, upstream, now: now() });
  const { stream, begin } = sending;
  const body = sending.body === 'some' ? { stream, begin } : undefined;
  return forward({ ...outbound, body, signal: sending.signal }, upstream, agent);
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
