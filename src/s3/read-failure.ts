/**
 * What a store's refusal of a read with an SSE-C key means. `wrong-key`: the object is under another. `plain`: the
 * object has no SSE-C at all. `unclear`: it may be the key, and the store says the same of other things. `other`:
 * the key is not what it is about.
 */
export type ReadFailure = 'wrong-key' | 'plain' | 'unclear' | 'other';

/** How a store says so: the status, the code and what its message holds (whatever it holds, without `says`). */
export interface Refusal {
  readonly means: Exclude<ReadFailure, 'other'>;
  readonly status: number;
  readonly code: string;
  readonly says?: string;
}

/** Of a GET, or of a copy for its source. `refusals`: those of the provider's row; the first that fits counts. */
export function readFailure(
  refusals: readonly Refusal[],
  { status, code, message }: { readonly status: number; readonly code: string; readonly message: string },
): ReadFailure {
  const found = refusals.find(
    (refusal) => refusal.status === status && refusal.code === code && message.includes(refusal.says ?? ''),
  );
  return found?.means ?? 'other';
}

/** May an answer of this status be about the key? A HEAD has no more to tell by. */
export function mayBeAboutKey(refusals: readonly Refusal[], status: number): boolean {
  return refusals.some((refusal) => refusal.status === status);
}
