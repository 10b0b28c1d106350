import { KeyMemo } from '../../keys/memo.ts';
import type { Match, Rule } from '../../rules/match.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Plan } from '../plan/plan.ts';
import { attempt } from '../store/attempt.ts';
import { readByRing } from './read.ts';
import type { KeySearch, Reading, Request, RingAccess } from './search.ts';

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

/**
 * Undefined where nothing is read under a ring, nor with a client's own key where only encrypted objects may be read. Only
 * one end of a request ever is.
 */
export function searchOf(request: Request, access: RingAccess): KeySearch | undefined {
  const reading = readingOf(request.plan);
  if (!reading) return undefined;
  const kept = reading.own ? { ...access, memo: FORGETTING, metrics: UNCOUNTED } : access;
  return { request, reading, access: kept, headMeans: undefined };
}

const FORGETTING = new KeyMemo(0);
const UNCOUNTED: RingAccess['metrics'] = { keyUse: () => {}, plainRead: () => {} };

function readingOf({ operation, ssec, target, match, source }: Plan): Reading | undefined {
  if (source?.ssec.kind === 'inject') {
    return { end: 'source', object: source, ring: source.ssec.ring, rule: ruleOf(source.match) };
  }
  if (operation.ssec !== 'read' || ssec.kind === 'none' || target.shape !== 'object') return undefined;
  const { bucket, objectKey, query } = target;
  const object = { bucket, objectKey, versionId: query.get('versionId') };
  const rule = ruleOf(match);
  if (ssec.kind === 'inject') return { end: 'target', object, ring: ssec.ring, rule };
  if (!rule || rule.encryption.kind === 'off' || rule.plainReads === 'allow') return undefined;
  return { end: 'target', object, ring: [ssec.ssecKey], rule, own: true };
}

function ruleOf(match: Match | { readonly kind: 'bucket' | 'service' }): Rule | undefined {
  return match.kind === 'rule' ? match.rule : undefined;
}
