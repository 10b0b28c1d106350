import { understood } from '../../outgoing/understood.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Answer } from '../../upstream/answer.ts';
import { forward } from '../../upstream/forward.ts';
import { hasRegions } from '../../upstream/regions.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { UpstreamError, type UpstreamFault } from '../../upstream/upstream-error.ts';
import { sendToRegion } from './bucket-region.ts';
import { outboundOf } from './outbound.ts';
import { sendByPair } from './refused-pair.ts';
import { noteRetry } from './retried.ts';
import type { Sending, Stores } from './sending.ts';
import { told } from './story.ts';

/**
 * Sends one request, to the region of its bucket. When the connection breaks before an answer, it goes once more, on a new
 * one, if it can't have been carried out: a read, or a write with a body of which nothing was sent.
 * @throws S3Error SlowDown, ServiceUnavailable; UpstreamError `client-left`
 */
export function attempt(sending: Sending, stores: Stores): Promise<Answer> {
  const { upstream } = sending.plan;
  const sendTo = upstream.provider.blocksPairs ? sendSparingPair : sendAgain;
  if (!hasRegions(upstream)) return sendTo(sending, upstream, stores);
  return sendToRegion(sending, stores, (one, there) => sendTo(one, there, stores));
}

/** To a store that blocks those whose signatures it takes for wrong. */
function sendSparingPair(sending: Sending, upstream: Upstream, stores: Stores): Promise<Answer> {
  return sendByPair(sending, stores, (one) => sendAgain(one, upstream, stores));
}

function sendAgain(sending: Sending, upstream: Upstream, stores: Stores): Promise<Answer> {
  sending.asker.log.attempts ??= 0;
  return send(sending, upstream, stores, false).catch(async (error: unknown) => {
    if (!goesAgain(sending, error)) throw asS3Error(error);
    noteRetry(sending.asker.log, 'reset');
    try {
      return await send(sending, upstream, stores, true);
    } catch (fault) {
      throw asS3Error(fault);
    }
  });
}

function goesAgain({ message, plan }: Sending, error: unknown): boolean {
  if (!(error instanceof UpstreamError) || error.fault !== 'reset') return false;
  // What was done twice would stand in the object twice, and a client that hears of a fault can look.
  if (plan.operation.appends) return false;
  // Without its last byte a store does nothing with it. What was taken of a body does not come again, of a read neither.
  if (message.body === 'some') return error.untouched;
  const method = plan.method ?? message.method;
  // A write without a body may be done.
  return method === 'GET' || method === 'HEAD';
}

/**
 * @param upstream that of the plan, in the region of the bucket
 * @param fresh not on a connection that was used before
 */
function send(
  sending: Sending,
  upstream: Upstream,
  { connections, clock, log }: Stores,
  fresh: boolean,
): Promise<Answer> {
  const { message, plan, keys, asker } = sending;
  const { stream, begin } = message;
  const body = message.body === 'some' ? { stream, begin } : undefined;
  if (body && stream.readableDidRead) throw sentOnce();
  const { signal, log: tally, trace, undone } = asker;
  const { method, path, headers: signed } = outboundOf(message, plan, { keys, upstream, now: clock() });
  const span = trace?.spans?.attempt({ method, upstream, ssecKeyId: tally.ssecKeyId });
  // Behind the signature: a hop may put a span of its own in their place.
  const headers = trace ? { ...signed, ...(span ?? trace).headers } : signed;
  tally.region = upstream.region;
  const one = { method, path, headers, upstream, body, fresh, tally, signal, undone };
  const { dialect } = upstream;
  const said = forward(one, connections.of(plan.upstream));
  const answer = dialect === undefined ? said : said.then((own) => understood(own, dialect, headers));
  const spanned = span ? span.over(answer) : answer;
  return log?.isLevelEnabled('debug') ? told(spanned, sending, one, log) : spanned;
}

/** A read or a copy has no body, but may come with one; then it can't be tried with another key. */
function sentOnce(): S3Error {
  return new S3Error(
    'InvalidRequest',
    'The request had to be sent to the store again, and its body is gone. Send it without a body.',
  );
}

const NO_CONNECTION: ReadonlySet<UpstreamFault> = new Set<UpstreamFault>([
  'outage',
  'connect-timeout',
  'unreachable',
]);

function asS3Error(error: unknown): unknown {
  if (!(error instanceof UpstreamError) || error.fault === 'client-left') return error;
  if (error.fault === 'busy') {
    return new S3Error(
      'SlowDown',
      'All connections of the proxy to the store are in use. Please reduce your request rate.',
      { cause: error },
    );
  }
  if (NO_CONNECTION.has(error.fault)) {
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
