/**
 * The meaning of a store's refusal of a read with an SSE-C key. `wrong-key`: the object has another key. `plain`: the
 * object has no SSE-C at all. `unclear`: it may be the key, but the store sends the same for other reasons. `other`: the
 * reason is not the key.
 */
export type ReadFailure = 'wrong-key' | 'plain' | 'unclear' | 'other';

/** A response of a store: the status, the code and a part of its message (without `says`, any message). */
export interface Saying {
  readonly status: number;
  readonly code: string;
  readonly says?: string;
}

export interface Refusal extends Saying {
  readonly means: Exclude<ReadFailure, 'other'>;
}

/** An error response. */
interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** For a GET, or a copy and its source. `refusals`: those of the provider; the first that fits counts. */
export function readFailure(refusals: readonly Refusal[], failure: Failure): ReadFailure {
  return refusals.find((refusal) => fits(refusal, failure))?.means ?? 'other';
}

export function fits(saying: Saying, { status, code, message }: Failure): boolean {
  return saying.status === status && saying.code === code && message.includes(saying.says ?? '');
}

/** May a response with this status be about the key? A HEAD has nothing but the status. */
export function mayBeAboutKey(refusals: readonly Refusal[], status: number): boolean {
  return refusals.some((refusal) => refusal.status === status);
}
