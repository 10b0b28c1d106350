import { S3Error } from '../../s3/errors.ts';
import type { Answer } from '../../upstream/answer.ts';
import { forward } from '../../upstream/forward.ts';
import { hasRegions } from '../../upstream/regions.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { sendToRegion } from './bucket-region.ts';
import { outboundOf } from './outbound.ts';
import type { Sending, Stores } from './sending.ts';

/**
 * Sends one request, to the region of its bucket. A connection that the store had closed meanwhile is not a reason to
 * fail: without a body it goes once more.
 * @throws S3Error SlowDown, ServiceUnavailable; UpstreamError `client-left`
 */
export function attempt(sending: Sending, stores: Stores): Promise<Answer> {
  const { upstream } = sending.plan;
  if (!hasRegions(upstream)) return sendAgain(sending, upstream, stores);
  return sendToRegion(sending, stores, (one, there) => sendAgain(one, there, stores));
}

async function sendAgain(sending: Sending, upstream: Upstream, stores: Stores): Promise<Answer> {
  const { message, asker } = sending;
  asker.log.attempts = (asker.log.attempts ?? 0) + 1;
  try {
    return await send(sending, upstream, stores);
  } catch (error) {
    const again = message.body === 'none' && error instanceof UpstreamError && error.fault === 'reset';
    if (!again) throw asS3Error(error);
  }
  try {
    return await send(sending, upstream, stores);
  } catch (error) {
    throw asS3Error(error);
  }
}

/** @param upstream that of the plan, in the region of the bucket */
function send(
  { message, plan, keys, asker }: Sending,
  upstream: Upstream,
  { agents, clock }: Stores,
): Promise<Answer> {
  const outbound = outboundOf(message, plan, { keys, upstream, now: clock() });
  const { stream, begin } = message;
  const body = message.body === 'some' ? { stream, begin } : undefined;
  return forward({ ...outbound, body, signal: asker.signal }, upstream, agents.of(plan.upstream));
}

function asS3Error(error: unknown): unknown {
  if (!(error instanceof UpstreamError) || error.fault === 'client-left') return error;
  if (error.fault === 'unreachable' || error.fault === 'connect-timeout') {
    return new S3Error(
      'SlowDown',
      'The store cannot be reached at the moment. Please reduce your request rate.',
      {
        cause: error,
      },
    );
  }
  return new S3Error('ServiceUnavailable', 'The store did not answer. Please try again.', { cause: error });
}
