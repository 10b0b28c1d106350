import type { SseKey } from '../../keys/key.ts';
import { askByRange } from './range-probe.ts';
import { type Hunt, inOrder, remembered, type Verdict } from './search.ts';

/**
 * Must the key be known before the request is sent? Of what has no echo: when its body can be sent only once, or when
 * the store would serve a plain object without a word.
 */
export function mustKnowKey(hunt: Hunt): boolean {
  const { exchange, plan, reading } = hunt;
  if (reading.end === 'source' || plan.operation.echoes) return false;
  const choice = reading.ring.length > 1 || reading.rule?.plainReads === 'allow';
  return (exchange.body === 'some' && choice) || mustSeeEcho(hunt);
}

interface Found {
  readonly ssecKey: SseKey;
  readonly verdict: Verdict;
}

/** The key that opens the first byte of the object, or the first of the ring where none is known to. */
export async function findKey(hunt: Hunt): Promise<Found> {
  const { memo, metrics } = hunt.context;
  const { ring, object } = hunt.reading;
  const known = mustSeeEcho(hunt) ? undefined : remembered(hunt);
  if (known) return { ssecKey: known, verdict: 'opened' };
  for (const ssecKey of inOrder(hunt)) {
    const { verdict } = await askByRange(hunt, ssecKey);
    metrics.keyUse(ssecKey.id, verdict);
    if (verdict === 'wrong-key' || verdict === 'unclear') continue;
    if (verdict === 'opened') memo.remember(object, ssecKey.fingerprint);
    return { ssecKey, verdict };
  }
  return { ssecKey: ring[0], verdict: 'wrong-key' };
}

function mustSeeEcho({ reading, context }: Hunt): boolean {
  const told = context.upstream.provider.keyRefusals.some(({ means }) => means === 'plain');
  return reading.rule?.plainReads !== 'allow' && !told;
}
