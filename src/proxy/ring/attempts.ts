import type { Answer } from '../../upstream/forward.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/make-plan.ts';
import { attempt, type Context } from '../store/attempt.ts';
import { readByRing } from './read.ts';
import { huntOf } from './search.ts';

/**
 * Sends the request: once, or, where it reads what a rule encrypts, as often as it takes to find the SSE-C key of the
 * object.
 *
 * @throws S3Error SlowDown, ServiceUnavailable; AccessDenied for a plain object where its rule wants none;
 *   UpstreamError `client-left`
 */
export async function attemptAll(exchange: Exchange, plan: Plan, context: Context): Promise<Answer> {
  const hunt = huntOf(exchange, plan, context);
  if (hunt) return await readByRing(hunt);
  const ssecKey = plan.ssec.kind === 'inject' ? plan.ssec.ring[0] : undefined;
  if (!ssecKey) return await attempt(exchange, plan, {}, context);
  exchange.log.ssecKeyId = ssecKey.id;
  const answer = await attempt(exchange, plan, { target: ssecKey }, context);
  context.metrics.keyUse(ssecKey.id, (answer.response.statusCode ?? 0) < 300 ? 'encrypted' : 'other');
  return answer;
}
