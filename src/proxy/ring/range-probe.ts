import type { SseKey } from '../../keys/key.ts';
import { OPERATIONS } from '../../s3/operations.ts';
import type { Answer } from '../../upstream/forward.ts';
import type { Plan } from '../plan/make-plan.ts';
import { attempt, type Sending } from '../store/attempt.ts';
import { type Hunt, type Judged, keysFor } from './search.ts';
import { verdictOf } from './verdict.ts';

/** Headers that decide whether an object may be read at all; conditions and ranges are left out. */
const KEPT = ['x-amz-expected-bucket-owner', 'x-amz-request-payer'];

const GET_OBJECT = OPERATIONS.find(({ name }) => name === 'GetObject');

/** GETs the first byte of the object, of the version that the request names, to see whether the key opens it. */
export async function askByRange(hunt: Hunt, ssecKey: SseKey): Promise<Judged> {
  const { headers, stream, begin, signal, log } = hunt.exchange;
  const asking: Sending = {
    method: 'GET',
    headers: headers.only(KEPT).with({ range: 'bytes=0-0' }),
    body: 'none',
    stream,
    begin,
    signal,
    log,
  };
  const plan = ofVersionOnly(hunt.plan);
  const answer = await attempt(asking, plan, keysFor(hunt, ssecKey), hunt.context);
  const judged = await verdictOf({ ...hunt, plan }, answer, ssecKey);
  leave(answer);
  return judged;
}

function ofVersionOnly(plan: Plan): Plan {
  const { target } = plan;
  if (target.shape !== 'object' || !GET_OBJECT) return plan;
  const query = target.query.without((name) => name !== 'versionId');
  return { ...plan, operation: GET_OBJECT, target: { ...target, query } };
}

/** Lets the connection live on, unless the store has more to say than was asked for. */
function leave({ response, destroy }: Answer): void {
  const length = Number(response.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  // Complete is not ended: what has come and nobody reads keeps the connection too.
  if (response.complete || length <= 64 * 1024) response.resume();
  else destroy();
}
