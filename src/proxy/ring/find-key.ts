import type { SseKey } from '../../keys/key.ts';
import { askByRange } from './range-probe.ts';
import { inOrder, type KeySearch, remembered, type Verdict } from './search.ts';

/**
 * Must the key be known before the request is sent? Of what has no echo: when its body can be sent only once, or when
 * the store would serve a plain object without a word.
 */
export function mustKnowKey(search: KeySearch): boolean {
  const { request, reading } = search;
  const { message, plan } = request;
  if (reading.end === 'source' || plan.operation.echoes) return false;
  const choice = reading.ring.length > 1 || reading.rule?.plainReads === 'allow';
  return (message.body === 'some' && choice) || mustSeeEcho(search);
}

interface Found {
  readonly ssecKey: SseKey;
  readonly verdict: Verdict;
}

/** The key that opens the first byte of the object, or the first of the ring where none is known to. */
export async function findKey(search: KeySearch): Promise<Found> {
  const { memo, metrics } = search.access;
  const { ring, object } = search.reading;
  const known = mustSeeEcho(search) ? undefined : remembered(search);
  if (known) return { ssecKey: known, verdict: 'opened' };
  for (const ssecKey of inOrder(search)) {
    const { verdict } = await askByRange(search, ssecKey);
    metrics.keyUse(ssecKey.id, verdict);
    if (verdict === 'wrong-key' || verdict === 'unclear') continue;
    if (verdict === 'opened') memo.remember(object, ssecKey.fingerprint);
    return { ssecKey, verdict };
  }
  return { ssecKey: ring[0], verdict: 'wrong-key' };
}

function mustSeeEcho({ reading, request: { plan } }: KeySearch): boolean {
  const told = plan.upstream.provider.keyRefusals.some(({ means }) => means === 'plain');
  return reading.rule?.plainReads !== 'allow' && !told;
}
