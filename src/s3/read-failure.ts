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

export type Refusal = Seen | Unseen;

interface Seen extends Saying {
  readonly means: Exclude<ReadFailure, 'other'>;
}

/** Nobody has seen the response: whatever is not known to be about something else may be about the key. */
interface Unseen {
  readonly means: 'unclear';
  readonly unseen: true;
}

/** An error response. */
interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** For a GET, or a copy and its source. `refusals`: those of the provider; the first that fits counts. */
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

/** May a response with this status be about the key? A HEAD has nothing but the status. */
export function mayBeAboutKey(refusals: readonly Refusal[], status: number): boolean {
  return refusals.some((refusal) =>
    'unseen' in refusal ? isUnseen({ status, code: '' }) : refusal.status === status,
  );
}
