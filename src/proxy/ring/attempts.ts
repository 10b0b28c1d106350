import type { Answer } from '../../upstream/answer.ts';
import { attempt } from '../store/attempt.ts';
import { readByRing } from './read.ts';
import { type Request, type RingAccess, searchOf } from './search.ts';

/**
 * Sends the request: once, or, where it reads what a rule encrypts, as often as it takes to find the SSE-C key of the
 * object.
 *
 * @throws S3Error SlowDown, ServiceUnavailable; AccessDenied for a plain object where its rule wants none;
 *   UpstreamError `client-left`
 */
export function attemptAll(request: Request, access: RingAccess): Promise<Answer> {
  const search = searchOf(request, access);
  return search ? readByRing(search) : attemptOnce(request, access);
}

async function attemptOnce(request: Request, access: RingAccess): Promise<Answer> {
  const { plan, asker } = request;
  const ssecKey = plan.ssec.kind === 'inject' ? plan.ssec.ring[0] : undefined;
  if (!ssecKey) return await attempt({ ...request, keys: {} }, access);
  asker.log.ssecKeyId = ssecKey.id;
  const answer = await attempt({ ...request, keys: { target: ssecKey } }, access);
  access.metrics.keyUse(ssecKey.id, (answer.response.statusCode ?? 0) < 300 ? 'encrypted' : 'other');
  return answer;
}
