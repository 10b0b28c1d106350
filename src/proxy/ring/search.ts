import type { SseKey } from '../../keys/key.ts';
import type { VersionName } from '../../keys/memo.ts';
import type { Rule } from '../../rules/match.ts';
import type { ReadFailure } from '../../s3/read-failure.ts';
import type { End } from '../../ssec/headers.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Serving } from '../serving.ts';
import type { AttemptKeys, Sending, Stores } from '../store/sending.ts';

/** What is to be sent, whichever SSE-C key it goes with in the end. */
export type Request = Omit<Sending, 'keys'>;

/** What a search for a key needs beside the stores. */
export interface RingAccess extends Stores, Pick<Serving, 'memo'> {
  readonly metrics: Pick<Serving['metrics'], 'keyUse' | 'plainRead'>;
}

/** A read under an encrypting rule, until the SSE-C key of its object is found. */
export interface KeySearch {
  readonly request: Request;
  readonly reading: Reading;
  readonly access: RingAccess;
  /** What a status without a document means for this object, as a GET told. */
  headMeans: Map<number, Verdict> | undefined;
}

/** What is read: an object by its name, or the source of a copy. */
export interface Reading {
  readonly end: End;
  readonly object: VersionName;
  /** In the order in which they are tried. */
  readonly ring: readonly [SseKey, ...SseKey[]];
  readonly rule: Rule | undefined;
  /** Is the one key the client's own? It counts as none of the ring's, and nothing is remembered of it. */
  readonly own?: true;
}

/** `opened`: the key fits. An object that is `plain` may come with the answer, or be refused with it. */
export type Verdict = 'opened' | ReadFailure;

export interface Judged {
  readonly verdict: Verdict;
  /** With its document, where that had to be read. */
  readonly answer: Answer;
}

/** The keys of one attempt: that of the end that is read, and with a copy that of the object that is written. */
export function keysFor(
  { request: { plan }, reading: { end } }: KeySearch,
  ssecKey: SseKey | undefined,
): AttemptKeys {
  const { ssec } = plan;
  if (end === 'target') return ssecKey ? { target: ssecKey } : {};
  const read = ssecKey ? { source: ssecKey } : {};
  return ssec.kind === 'inject' ? { target: ssec.ring[0], ...read } : read;
}

/** The key that opened this object last, as far as the ring still has it. */
export function remembered({ reading, access }: KeySearch): SseKey | undefined {
  const fingerprint = access.memo.recall(reading.object);
  return reading.ring.find((ssecKey) => ssecKey.fingerprint === fingerprint);
}

/** The remembered key first, then the others in the order of the ring. */
export function inOrder(search: KeySearch): readonly SseKey[] {
  const { ring } = search.reading;
  const known = ring.length > 1 ? remembered(search) : undefined;
  return known ? [known, ...ring.filter((ssecKey) => ssecKey !== known)] : ring;
}

/**
 * Must the key be known before the request is sent? When it has a body, which can be sent only once; and of what has no
 * echo, when the store would serve a plain object without a word.
 */
export function mustKnowKey(search: KeySearch): boolean {
  const { request, reading } = search;
  const { message, plan } = request;
  if (reading.end === 'source') return false;
  const choice = reading.ring.length > 1 || reading.rule?.plainReads === 'allow';
  if (message.body === 'some' && choice) return true;
  return !plan.operation.echoes && mustSeeEcho(search);
}

/** Would the store serve a plain object without a word, where none is to be read? */
export function mustSeeEcho({ reading, request: { plan } }: KeySearch): boolean {
  const told = plan.upstream.provider.keyRefusals.some(({ means }) => means === 'plain');
  return reading.rule?.plainReads !== 'allow' && !told;
}
