import type { Ring } from '../keys/ring.ts';
import type { Rule } from '../rules/match.ts';

/** The keys of a rule that are there: a ring that waits for one has the others. Undefined where there are none. */
export function heldRing({ encryption }: Pick<Rule, 'encryption'>): Ring | undefined {
  if (encryption.kind === 'waiting') return encryption.held;
  return encryption.kind === 'ssec' ? encryption.ring : undefined;
}
