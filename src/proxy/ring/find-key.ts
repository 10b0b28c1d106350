import type { SseKey } from '../../keys/key.ts';
import { askByRange } from './range-probe.ts';
import { inOrder, type KeySearch, mustSeeEcho, remembered, type Verdict } from './search.ts';

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
