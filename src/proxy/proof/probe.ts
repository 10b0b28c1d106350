import { randomUUID } from 'node:crypto';
import { echoOf } from '../../ssec/proof.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Asker } from '../exchange.ts';
import { injection } from '../plan/injection.ts';
import { objectIn, ownPlan } from '../plan/own-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';
import { ask } from '../store/ask.ts';
import { NO_HEADERS, type OwnWords } from '../store/own-sending.ts';

export type Outcome = { readonly kind: 'proven' } | { readonly kind: 'unproven'; readonly fault: string };

const BODY = Buffer.from('probe');

/**
 * Writes a small object of no worth where the distrusted write wanted to go (same bucket, rule, key and credentials),
 * and demands the echo and that a HEAD without the key fails. The object is removed again.
 */
export async function probe(plan: Plan, serving: Serving): Promise<Outcome> {
  const { write } = plan;
  if (!write) return unproven('nothing to prove');
  const { withoutEcho } = plan.upstream.provider;
  const echoes = !withoutEcho.operations.includes('PutObject');
  const place = { ...placeOf(plan), objectKey: `${write.prefix}.ssec-proxy-probe-${randomUUID()}` };
  try {
    const ssecKey = keyFor(place, serving) ?? write.ssecKey;
    const put = await send('PutObject', place, { body: BODY, keys: { target: ssecKey } }, serving);
    const echo = echoOf(put.response, ssecKey);
    const status = put.response.statusCode ?? 0;
    const seen = await headWithoutKey(place, serving);
    await send('DeleteObject', place, {}, serving);
    if (status !== 200) return unproven(`the probe's PutObject was answered with ${status}`);
    if (echoes && echo !== 'ours') return unproven(`the echo of the probe is ${echo}`);
    if (seen === 'open') return unproven('the probe can be read without the key');
    return echoes || seen === 'sealed'
      ? { kind: 'proven' }
      : unproven('a HEAD of the probe without the key proves nothing');
  } catch (error) {
    return unproven(faultBehind(error));
  }
}

/**
 * What a HEAD without the key says of the object that was just written. Every store answers 400 for an encrypted one;
 * any other failure (no permission, no such object, a store that is down) says nothing of the encryption.
 */
export async function seenWithoutKey(plan: Plan, serving: Serving): Promise<Seen> {
  if (!plan.write) return 'unclear';
  return await headWithoutKey(placeOf(plan), serving).catch(() => 'unclear' as const);
}

export type Seen = 'open' | 'sealed' | 'unclear';

/** An object, where it is, and who asks about it. */
interface Place extends Pick<Plan, 'match' | 'upstream' | 'credentials'> {
  readonly bucket: string;
  readonly objectKey: string;
}

function placeOf(plan: Plan): Place {
  const { match, upstream, credentials } = plan;
  if (!credentials) throw new Error('nobody writes unsigned');
  return { ...objectIn(plan), match, upstream, credentials };
}

/** A derived key is that of the probe's own name. */
function keyFor({ bucket, objectKey, match, upstream }: Place, { clock }: Serving) {
  const write = { operation: { ssec: 'write' as const }, headers: NO_HEADERS, now: clock() };
  const ssec = injection('target', { match, object: { bucket, objectKey }, upstream }, write);
  return ssec.kind === 'inject' ? ssec.ring[0] : undefined;
}

async function headWithoutKey(place: Place, serving: Serving): Promise<Seen> {
  const { response } = await send('HeadObject', place, {}, serving);
  const status = response.statusCode ?? 0;
  if (status < 300) return 'open';
  return status === 400 ? 'sealed' : 'unclear';
}

function unproven(fault: string): Outcome {
  return { kind: 'unproven', fault };
}

async function send(
  name: 'PutObject' | 'HeadObject' | 'DeleteObject',
  { bucket, objectKey, ...where }: Place,
  words: OwnWords,
  serving: Serving,
): Promise<Answer> {
  const { connect, headers } = where.upstream.timeouts;
  const asker: Asker = { signal: AbortSignal.timeout(connect + headers), log: {} };
  const plan = ownPlan({ name, about: { shape: 'object', bucket, objectKey }, ...where });
  const answer = await ask(plan, words, asker, serving);
  answer.response.resume();
  return answer;
}

/** What is behind the error that a client would get. */
function faultBehind(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
