import type { SseKey } from '../../keys/key.ts';
import { S3Error } from '../../s3/errors.ts';
import { mayBeAboutKey } from '../../s3/read-failure.ts';
import type { Answer } from '../../upstream/forward.ts';
import { attempt } from '../store/attempt.ts';
import { findKey, mustKnowKey } from './find-key.ts';
import { askByRange } from './range-probe.ts';
import { type Hunt, inOrder, type Judged, keysFor, type Verdict } from './search.ts';
import { verdictOf } from './verdict.ts';

/**
 * Reads with the key that the memo names, then with those of the ring, then, where the rule allows plain reads, without
 * one. When nothing fits, the first key is tried once more: the object may have been overwritten meanwhile.
 *
 * @throws S3Error AccessDenied for a plain object where the rule wants none
 */
export async function readByRing(hunt: Hunt): Promise<Answer> {
  if (mustKnowKey(hunt)) return await readWithFoundKey(hunt);
  const { ring, rule } = hunt.reading;
  const tried: Judged[] = [];
  for (const ssecKey of inOrder(hunt)) {
    const judged = await tryKey(hunt, ssecKey);
    note(hunt, ssecKey, judged);
    if (!goesOn(judged)) return await conclude(hunt, judged);
    tried.push(judged);
  }
  if (rule?.plainReads === 'allow' && tried.some(({ verdict }) => verdict === 'unclear')) {
    const { answer } = await tryKey(hunt, undefined);
    if (!isRefusal(answer)) return plainly(hunt, answer);
    answer.response.resume();
  }
  const last = tried.at(-1);
  if (ring.length === 1 && last) return last.answer;
  return await conclude(hunt, await tryKey(hunt, ring[0]));
}

function goesOn({ verdict }: Judged): boolean {
  return verdict === 'wrong-key' || verdict === 'unclear';
}

async function tryKey(hunt: Hunt, ssecKey: SseKey | undefined): Promise<Judged> {
  const { exchange, plan, context } = hunt;
  if (ssecKey) exchange.log.ssecKeyId = ssecKey.id;
  else delete exchange.log.ssecKeyId;
  const answer = await attempt(exchange, plan, keysFor(hunt, ssecKey), context);
  const judged = await judge(hunt, answer, ssecKey);
  if (ssecKey) context.metrics.keyUse(ssecKey.id, judged.verdict);
  return judged;
}

/** A HEAD that fails has no document: one GET of the first byte tells what its status is about. */
async function judge(hunt: Hunt, answer: Answer, ssecKey: SseKey | undefined): Promise<Judged> {
  const status = answer.response.statusCode ?? 0;
  const { keyRefusals } = hunt.context.upstream.provider;
  if (hunt.exchange.method !== 'HEAD' || !mayBeAboutKey(keyRefusals, status))
    return await verdictOf(hunt, answer, ssecKey);
  // Unread, it would keep its connection, whoever gets it in the end.
  answer.response.resume();
  if (ssecKey === undefined) return { verdict: 'other', answer };
  const verdict = hunt.headMeans.get(status) ?? (await headSays(hunt, ssecKey));
  hunt.headMeans.set(status, verdict);
  return { verdict, answer };
}

async function headSays(hunt: Hunt, ssecKey: SseKey): Promise<Verdict> {
  const { verdict, answer } = await askByRange(hunt, ssecKey);
  // It fits now, or there is no first byte to tell by.
  const open = verdict === 'opened' || answer.response.statusCode === 416;
  return open ? 'unclear' : verdict;
}

/** The first key of the ring is tried first anyway, so only others take a place in the memo. */
function note({ reading, context }: Hunt, ssecKey: SseKey, { verdict }: Judged): void {
  if (verdict !== 'opened') return;
  if (ssecKey === reading.ring[0]) context.memo.forget(reading.object);
  else context.memo.remember(reading.object, ssecKey.fingerprint);
}

async function conclude(hunt: Hunt, { verdict, answer }: Judged): Promise<Answer> {
  if (verdict !== 'plain') return answer;
  requirePlainReads(hunt, answer);
  if (!isRefusal(answer)) return plainly(hunt, answer);
  const keyless = await tryKey(hunt, undefined);
  if (!isRefusal(keyless.answer)) return plainly(hunt, keyless.answer);
  keyless.answer.response.resume();
  return (await tryKey(hunt, hunt.reading.ring[0])).answer;
}

/** May it be that the object has a key after all? */
function isRefusal({ response }: Answer): boolean {
  return response.statusCode === 400 || response.statusCode === 403;
}

/** @throws S3Error AccessDenied */
function requirePlainReads({ exchange, reading: { rule } }: Hunt, answer?: Answer): void {
  if (rule?.plainReads === 'allow') return;
  answer?.destroy();
  exchange.log.cause = `the object is stored in plain, and ${rule?.name ?? 'its rule'} does not say plainReads: allow`;
  throw new S3Error(
    'AccessDenied',
    'The object is stored in plain, where only encrypted objects may be read.',
  );
}

function plainly({ exchange, context }: Hunt, answer: Answer): Answer {
  const status = answer.response.statusCode ?? 0;
  if (status < 200 || status > 299) return answer;
  delete exchange.log.ssecKeyId;
  exchange.log.plain = true;
  context.metrics.plainRead();
  return answer;
}

/** For what can be sent only once, or has no echo to tell by: the key is found by reading, and then used. */
async function readWithFoundKey(hunt: Hunt): Promise<Answer> {
  const found = await findKey(hunt);
  if (found.verdict === 'plain') {
    requirePlainReads(hunt);
    return plainly(hunt, (await tryKey(hunt, undefined)).answer);
  }
  const judged = await tryKey(hunt, found.ssecKey);
  if (goesOn(judged)) hunt.context.memo.forget(hunt.reading.object);
  return judged.answer;
}
