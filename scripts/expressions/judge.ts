import { check } from 'recheck';
import type { Expression } from './find.ts';

export type Verdict = { readonly kind: 'linear' } | { readonly kind: 'slow'; readonly why: string };

/**
 * In milliseconds; the whole of one has fifty times what the slowest of the project takes. On a busy machine, steps that
 * ended by their usual times took what is linear for slow.
 */
const TIMES = { timeout: 120_000, incubationTimeout: null, attackTimeout: 20_000 };

/** Does it take linear time on every text? What can't be judged in time does not. */
export async function judge({ pattern }: Pick<Expression, 'pattern'>): Promise<Verdict> {
  if (!pattern) return { kind: 'slow', why: 'it is put together while the program runs; write it out' };
  const judged = await check(pattern.source, pattern.flags, TIMES);
  if (judged.status === 'safe') return { kind: 'linear' };
  if (judged.status === 'unknown') return { kind: 'slow', why: `it can't be judged (${judged.error.kind})` };
  return { kind: 'slow', why: `it takes more than linear time (${judged.complexity.summary})` };
}
