/**
 * What a store's refusal of a read with an SSE-C key means. `wrong-key`: the object is under another. `plain`: the
 * object has no SSE-C at all. `unclear`: it may be the key, and the store says the same of other things. `other`:
 * the key is not what it is about.
 */
export type ReadFailure = 'wrong-key' | 'plain' | 'unclear' | 'other';

/** How a store says something: the status, the code and what its message holds (whatever it holds, without `says`). */
export interface Saying {
  readonly status: number;
  readonly code: string;
  readonly says?: string;
}

export interface Refusal extends Saying {
  readonly means: Exclude<ReadFailure, 'other'>;
}

/** An answer that is no success. */
interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Of a GET, or of a copy for its source. `refusals`: those of the provider; the first that fits counts. */
export function readFailure(refusals: readonly Refusal[], failure: Failure): ReadFailure {
  return refusals.find((refusal) => fits(refusal, failure))?.means ?? 'other';
}

export function fits(saying: Saying, { status, code, message }: Failure): boolean {
  return saying.status === status && saying.code === code && message.includes(saying.says ?? '');
}

/** May an answer of this status be about the key? A HEAD has no more to tell by. */
export function mayBeAboutKey(refusals: readonly Refusal[], status: number): boolean {
  return refusals.some((refusal) => refusal.status === status);
}
