/**
 * How a request ended, for anyone who is woken by it. One of a closed set:
 *
 * - `served`: the answer that was asked for, whole. 304 is one: the client has what it wanted.
 * - `refused`: a whole answer that says no to this client alone: 4xx, the store's too. 404, 409 and 412 are answers to a
 *   question, not troubles. So is 501: a client that keeps asking for what is not there must wake nobody.
 * - `left`: the client gave up before its answer was whole.
 * - `cut`: the answer broke off, or never began, by a fault of the store or of the proxy, or by the drain.
 * - `failed`: a whole answer that says that the proxy or the store could not: 5xx, and a 200 with such an error in it.
 *
 * Alert on `failed` and `cut`.
 */
export type Outcome = 'served' | 'refused' | 'left' | 'cut' | 'failed';

/** How an answer ended: it is whole when the system has its last byte. */
export type AnswerEnd = 'whole' | 'left' | 'cut';

/** @param status what the answer says: its status, or that of the error in a 200 */
export function outcomeOf(status: number, end: AnswerEnd): Outcome {
  if (end !== 'whole') return end;
  if (status === 501) return 'refused';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'served';
}

/**
 * The status by which a request is counted. One whose answer is not whole counts among no successes, whatever its head said:
 * 499 is nginx's own number for a client that left, and 599 is nobody's.
 */
export function countedStatus(status: number, outcome: Outcome): number {
  if (outcome === 'left') return 499;
  return outcome === 'cut' ? 599 : status;
}
