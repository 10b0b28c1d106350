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

export type Refusal = Seen | Unseen;

interface Seen extends Saying {
  readonly means: Exclude<ReadFailure, 'other'>;
}

/** Nobody has seen how the store says it: whatever is not known to be about something else may be about the key. */
interface Unseen {
  readonly means: 'unclear';
  readonly unseen: true;
}

/** An answer that is no success. */
interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Of a GET, or of a copy for its source. `refusals`: those of the provider's row; the first that fits counts. */
export function readFailure(refusals: readonly Refusal[], failure: Failure): ReadFailure {
  const said = refusals.find((refusal) => ('unseen' in refusal ? isUnseen(failure) : fits(refusal, failure)));
  return said?.means ?? 'other';
}

/** Who asks, whether the object is there, the method, conditions, the range, the rate. */
const NEVER_ABOUT_KEY: ReadonlySet<number> = new Set([401, 404, 405, 409, 412, 416, 429]);

/** What a store says of the proxy's own credentials, clock and region. */
const ABOUT_SIGNATURE: ReadonlySet<string> = new Set([
  'AuthorizationHeaderMalformed',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'TooManyWrongSignature',
]);

function isUnseen({ status, code }: Pick<Failure, 'status' | 'code'>): boolean {
  return status >= 400 && status < 500 && !NEVER_ABOUT_KEY.has(status) && !ABOUT_SIGNATURE.has(code);
}

export function fits(saying: Saying, { status, code, message }: Failure): boolean {
  return saying.status === status && saying.code === code && message.includes(saying.says ?? '');
}

/** May an answer of this status be about the key? A HEAD has no more to tell by. */
export function mayBeAboutKey(refusals: readonly Refusal[], status: number): boolean {
  return refusals.some((refusal) =>
    'unseen' in refusal ? isUnseen({ status, code: '' }) : refusal.status === status,
  );
}
