import type { SseKey } from '../../keys/key.ts';
import { S3Error } from '../../s3/errors.ts';
import { mayBeAboutKey, readFailure } from '../../s3/read-failure.ts';
import type { Answer } from '../../upstream/answer.ts';
import { fieldOf } from '../../upstream/response.ts';
import { attempt } from '../store/attempt.ts';
import { noteRetry } from '../store/retried.ts';
import { findKey } from './find-key.ts';
import { askByRange } from './range-probe.ts';
import { inOrder, type Judged, type KeySearch, keysFor, mustKnowKey, type Verdict } from './search.ts';
import { verdictOf } from './verdict.ts';

/**
 * Reads with the key that the memo names, then with those of the ring, then, where the rule allows plain reads, without
 * one. When nothing fits, the first key is tried once more: the object may have been overwritten meanwhile.
 *
 * @throws S3Error AccessDenied for a plain object where the rule wants none
 */
export async function readByRing(search: KeySearch): Promise<Answer> {
  if (mustKnowKey(search)) return await readWithFoundKey(search);
  const { ring, rule } = search.reading;
  const tried: Judged[] = [];
  for (const ssecKey of inOrder(search)) {
    const answer = await sendWith(search, ssecKey);
    const judging = judge(search, answer, ssecKey);
    const judged = judging instanceof Promise ? await judging : judging;
    note(search, ssecKey, judged);
    if (judged.verdict === 'opened') return judged.answer;
    if (!triesNext(judged)) return await conclude(search, judged);
    tried.push(judged);
    noteRetry(search.request.asker.log, 'key');
  }
  if (rule?.plainReads === 'allow' && tried.some(({ verdict }) => verdict === 'unclear')) {
    const { answer } = await tryKey(search, undefined);
    if (!isRefusal(search, answer)) return plainly(search, answer);
    answer.response.resume();
  }
  const last = tried.at(-1);
  const judged = ring.length === 1 && last ? last : await tryKey(search, ring[0]);
  noteMisfit(search, judged);
  return judged === last ? last.answer : await conclude(search, judged);
}

/** For the log: the store says no more than that the request is refused. */
function noteMisfit({ request: { asker }, reading: { ring, own } }: KeySearch, { verdict }: Judged): void {
  if (verdict !== 'wrong-key') return;
  const tried = ring.map(({ id }) => id).join(', ');
  asker.log.cause = own
    ? "the client's own SSE-C key does not open the object"
    : `no key of the ring opens the object; tried: ${tried}`;
}

function triesNext({ verdict }: Judged): boolean {
  return verdict === 'wrong-key' || verdict === 'unclear';
}

/** One attempt with a key, or with none, and what it says. */
export async function tryKey(search: KeySearch, ssecKey: SseKey | undefined): Promise<Judged> {
  const judged = await judge(search, await sendWith(search, ssecKey), ssecKey);
  if (ssecKey) search.access.metrics.keyUse(ssecKey.id, judged.verdict);
  return judged;
}

function sendWith(search: KeySearch, ssecKey: SseKey | undefined): Promise<Answer> {
  const { request, access, reading } = search;
  const { log } = request.asker;
  if (ssecKey && !reading.own) log.ssecKeyId = ssecKey.id;
  else log.ssecKeyId = undefined;
  const { message, plan, asker } = request;
  return attempt({ message, plan, asker, keys: keysFor(search, ssecKey) }, access);
}

/** @returns a promise only where more has to be read for it */
function judge(search: KeySearch, answer: Answer, ssecKey: SseKey | undefined): Judged | Promise<Judged> {
  const status = answer.response.statusCode ?? 0;
  const { message, plan } = search.request;
  const { keyRefusals } = plan.upstream.provider;
  if (message.method !== 'HEAD' || !mayBeAboutKey(keyRefusals, status))
    return verdictOf(search, answer, ssecKey);
  // OBS says in the head what its document would say.
  const code = fieldOf(answer.response, 'x-amz-error-code');
  if (code === undefined) return judgeHead(search, answer, ssecKey);
  const said = { status, code, message: fieldOf(answer.response, 'x-amz-error-message') ?? '' };
  return { verdict: readFailure(keyRefusals, said), answer };
}

/** A HEAD that fails has no document: one GET of the first byte tells what its status is about. */
async function judgeHead(search: KeySearch, answer: Answer, ssecKey: SseKey | undefined): Promise<Judged> {
  const status = answer.response.statusCode ?? 0;
  // Unread, it would keep its connection, in whatever hands it ends.
  answer.response.resume();
  if (ssecKey === undefined) return { verdict: 'other', answer };
  const verdict = search.headMeans?.get(status) ?? (await headSays(search, ssecKey));
  search.headMeans ??= new Map();
  search.headMeans.set(status, verdict);
  return { verdict, answer };
}

async function headSays(search: KeySearch, ssecKey: SseKey): Promise<Verdict> {
  const { verdict, answer } = await askByRange(search, ssecKey);
  // It fits now, or there is no first byte to tell by.
  const open = verdict === 'opened' || answer.response.statusCode === 416;
  return open ? 'unclear' : verdict;
}

/** The first key of the ring is tried first anyway, so only others take a place in the memo. */
function note({ reading, access }: KeySearch, ssecKey: SseKey, { verdict }: Judged): void {
  access.metrics.keyUse(ssecKey.id, verdict);
  if (verdict !== 'opened') return;
  if (ssecKey === reading.ring[0]) access.memo.forget(reading.object);
  else access.memo.remember(reading.object, ssecKey.fingerprint);
}

async function conclude(search: KeySearch, { verdict, answer }: Judged): Promise<Answer> {
  if (verdict !== 'plain') return answer;
  requirePlainReads(search, answer);
  if (!isRefusal(search, answer)) return plainly(search, answer);
  const keyless = await tryKey(search, undefined);
  if (!isRefusal(search, keyless.answer)) return plainly(search, keyless.answer);
  keyless.answer.response.resume();
  return (await tryKey(search, search.reading.ring[0])).answer;
}

/** May it be that the object has a key after all? */
function isRefusal({ request: { plan } }: KeySearch, { response: { statusCode = 0 } }: Answer): boolean {
  if (statusCode === 400 || statusCode === 403) return true;
  return mayBeAboutKey(plan.upstream.provider.keyRefusals, statusCode);
}

/** @throws S3Error AccessDenied */
function requirePlainReads({ request: { asker }, reading: { rule } }: KeySearch, answer?: Answer): void {
  if (rule?.plainReads === 'allow') return;
  answer?.destroy();
  asker.log.cause = `the object is stored in plain, and ${rule?.name ?? 'its rule'} does not say plainReads: allow`;
  throw new S3Error(
    'AccessDenied',
    'The object is stored in plain, where only encrypted objects may be read.',
  );
}

function plainly({ request: { asker }, access }: KeySearch, answer: Answer): Answer {
  const status = answer.response.statusCode ?? 0;
  if (status < 200 || status > 299) return answer;
  asker.log.ssecKeyId = undefined;
  asker.log.plain = true;
  access.metrics.plainRead();
  return answer;
}

/** For what can be sent only once, or has no echo to tell by: the key is found by reading, and then used. */
async function readWithFoundKey(search: KeySearch): Promise<Answer> {
  const found = await findKey(search);
  if (found.verdict === 'plain') {
    requirePlainReads(search);
    return plainly(search, (await tryKey(search, undefined)).answer);
  }
  const judged = await tryKey(search, found.ssecKey);
  if (triesNext(judged)) search.access.memo.forget(search.reading.object);
  noteMisfit(search, judged);
  if (judged.verdict !== 'plain') return judged.answer;
  // It was overwritten meanwhile.
  requirePlainReads(search, judged.answer);
  return plainly(search, judged.answer);
}
