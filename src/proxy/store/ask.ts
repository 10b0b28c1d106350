import type { Answer } from '../../upstream/answer.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { attempt } from './attempt.ts';
import { type OwnWords, ownSending } from './own-sending.ts';
import type { Stores } from './sending.ts';

/**
 * Asks a store something of the proxy's own, once.
 * @param plan made by `ownPlan`
 * @throws S3Error SlowDown, ServiceUnavailable; UpstreamError `client-left`
 */
export function ask(plan: Plan, words: OwnWords, asker: Asker, stores: Stores): Promise<Answer> {
  return attempt(ownSending(plan, words, asker), stores);
}
