import type { SseKey } from '../../keys/key.ts';
import { KeyMemo, type VersionName } from '../../keys/memo.ts';
import type { Match, Rule } from '../../rules/match.ts';
import type { ReadFailure } from '../../s3/read-failure.ts';
import type { End } from '../../ssec/headers.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Plan } from '../plan/plan.ts';
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
interface Reading {
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

/**
 * Undefined where nothing is read under a ring, nor with a client's own key where only encrypted objects may be read. Only
 * one end of a request ever is.
 */
export function searchOf(request: Request, access: RingAccess): KeySearch | undefined {
  const reading = readingOf(request.plan);
  if (!reading) return undefined;
  const kept = reading.own ? { ...access, memo: FORGETTING, metrics: UNCOUNTED } : access;
  return { request, reading, access: kept, headMeans: undefined };
}

const FORGETTING = new KeyMemo(0);
const UNCOUNTED: RingAccess['metrics'] = { keyUse: () => {}, plainRead: () => {} };

function readingOf({ operation, ssec, target, match, source }: Plan): Reading | undefined {
  if (source?.ssec.kind === 'inject') {
    return { end: 'source', object: source, ring: source.ssec.ring, rule: ruleOf(source.match) };
  }
  if (operation.ssec !== 'read' || ssec.kind === 'none' || target.shape !== 'object') return undefined;
  const { bucket, objectKey, query } = target;
  const object = { bucket, objectKey, versionId: query.get('versionId') };
  const rule = ruleOf(match);
  if (ssec.kind === 'inject') return { end: 'target', object, ring: ssec.ring, rule };
  if (!rule || rule.encryption.kind === 'off' || rule.plainReads === 'allow') return undefined;
  return { end: 'target', object, ring: [ssec.ssecKey], rule, own: true };
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

function ruleOf(match: Match | { readonly kind: 'bucket' | 'service' }): Rule | undefined {
  return match.kind === 'rule' ? match.rule : undefined;
}
