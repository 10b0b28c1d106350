import type { SseKey } from '../../keys/key.ts';
import type { Answer } from '../../upstream/answer.ts';
import { objectIn, ownPlan } from '../plan/own-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { ask } from '../store/ask.ts';
import { type Judged, type KeySearch, keysFor } from './search.ts';
import { verdictOf } from './verdict.ts';

/** Headers that decide whether an object may be read at all; conditions and ranges are left out. */
export const KEPT = ['x-amz-expected-bucket-owner', 'x-amz-request-payer'];

/** GETs the first byte of the object, of the version that the request names, to see whether the key opens it. */
export async function askByRange(search: KeySearch, ssecKey: SseKey): Promise<Judged> {
  const { message, asker } = search.request;
  const plan = firstByteOf(search.request.plan);
  const headers = message.headers.only(KEPT).with({ range: 'bytes=0-0' });
  const answer = await ask(plan, { headers, keys: keysFor(search, ssecKey) }, asker, search.access);
  const judged = await verdictOf({ ...search, request: { ...search.request, plan } }, answer, ssecKey);
  leave(answer);
  return judged;
}

function firstByteOf(plan: Plan): Plan {
  const { upstream, credentials, match, ssec, target } = plan;
  const versionId = target.query.get('versionId');
  return ownPlan({
    name: 'GetObject',
    about: objectIn(plan),
    query: versionId === undefined ? {} : { versionId },
    upstream,
    credentials,
    match,
    ssec,
  });
}

/** Lets the connection live on, unless the store has more to say than was asked for. */
function leave({ response, destroy }: Answer): void {
  const length = Number(response.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  // Complete is not ended: what has come and nobody reads keeps the connection too.
  if (response.complete || length <= 64 * 1024) response.resume();
  else destroy();
}
