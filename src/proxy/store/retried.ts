import type { Asker } from '../exchange.ts';

/**
 * Why the store was asked again: its connection broke before an answer, the bucket is in another region, or another SSE-C
 * key may open the object.
 */
export type Retry = 'reset' | 'region' | 'key';

/** A ring may have many keys. In characters. */
const MOST = 100;

/** Notes for the log why another attempt may follow. */
export function noteRetry(log: Asker['log'], reason: Retry): void {
  if (log.retried === undefined) log.retried = reason;
  else if (log.retried.length < MOST) log.retried += ` ${reason}`;
}
