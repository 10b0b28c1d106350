import type { SseKey } from '../../keys/key.ts';
import { S3Error } from '../../s3/errors.ts';
import { type Echo, echoOf } from '../../ssec/headers.ts';
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
 * One name for each prefix: what a probe could not remove is replaced by the next one. Two replicas that probe at once
 * replace each other's object; each has the echo of its own, and a HEAD of the other's, which was written the same way.
 */
const NAME = '.ssec-proxy-probe';

/**
 * Writes a small object of no worth where the distrusted write wanted to go (same bucket, rule and credentials, with a key
 * of the rule, or with the client's own while none of the rule's writes),
 * and demands the echo and that a HEAD without the key fails. The object is removed again, with its version.
 */
export async function probe(plan: Plan, serving: Serving): Promise<Outcome> {
  const { write } = plan;
  if (!write) return unproven('nothing to prove');
  const place = { ...placeOf(plan), objectKey: `${write.prefix}${NAME}` };
  try {
    const ssecKey = keyFor(place, serving) ?? write.ssecKey;
    const put = await send('PutObject', place, { body: BODY, keys: { target: ssecKey } }, serving);
    const status = put.response.statusCode ?? 0;
    if (status !== 200) return unproven(`the probe's PutObject was answered with ${status}`);
    const written = { ...place, versionId: versionOf(put) };
    try {
      return judge(echoOf(put.response, ssecKey), await headWithoutKey(written, serving), plan);
    } finally {
      await remove(written, serving);
    }
  } catch (error) {
    return unproven(faultBehind(error));
  }
}

function judge(echo: Echo, seen: Seen, { upstream }: Plan): Outcome {
  const echoes = !upstream.provider.withoutEcho.operations.includes('PutObject');
  if (echoes && echo !== 'ours') return unproven(`the echo of the probe is ${echo}`);
  if (seen === 'open') return unproven('the probe can be read without the key');
  return echoes || seen === 'sealed'
    ? { kind: 'proven' }
    : unproven('a HEAD of the probe without the key proves nothing');
}

/** By the id of its version. Where a DELETE only laid a marker over the object, as in a suspended bucket, that goes too. */
async function remove(place: Place, serving: Serving): Promise<void> {
  try {
    const gone = await send('DeleteObject', place, {}, serving);
    const { statusCode: status = 0, headers } = gone.response;
    if (status > 299 && status !== 404)
      throw new Error(`the probe's DeleteObject was answered with ${status}`);
    const marker = headers['x-amz-delete-marker'] === 'true' ? versionOf(gone) : undefined;
    if (place.versionId === undefined && marker !== undefined)
      await send('DeleteObject', { ...place, versionId: marker }, {}, serving);
  } catch (error) {
    const { bucket, objectKey } = place;
    serving.log.warn({ bucket, objectKey, fault: faultBehind(error) }, 'a probe could not be removed');
  }
}

/** Visible ASCII, as every store makes it; S3's are at most 1,024 bytes. */
const VERSION_ID = /^[!-~]{1,1024}$/;

function versionOf({ response }: Answer): string | undefined {
  const id = response.headers['x-amz-version-id'];
  return typeof id === 'string' && VERSION_ID.test(id) ? id : undefined;
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
  /** Of this version only; by default of the newest one. */
  readonly versionId?: string | undefined;
}

function placeOf(plan: Plan): Place {
  const { match, upstream, credentials } = plan;
  if (!credentials) throw new Error('nobody writes unsigned');
  return { ...objectIn(plan), match, upstream, credentials };
}

/** A derived key is that of the probe's own name. Undefined while no key of the rule writes: then clients bring their own. */
function keyFor({ bucket, objectKey, match, upstream }: Place, { clock }: Serving): SseKey | undefined {
  const write = { operation: { ssec: 'write' as const }, headers: NO_HEADERS, now: clock() };
  try {
    const ssec = injection('target', { match, object: { bucket, objectKey }, upstream }, write);
    return ssec.kind === 'inject' ? ssec.ring[0] : undefined;
  } catch (error) {
    if (error instanceof S3Error && error.code === 'ServiceUnavailable') return undefined;
    throw error;
  }
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
  { bucket, objectKey, versionId, ...where }: Place,
  words: OwnWords,
  serving: Serving,
): Promise<Answer> {
  const { connect, headers } = where.upstream.timeouts;
  const asker: Asker = { signal: AbortSignal.timeout(connect + headers), log: {} };
  const query = versionId === undefined ? {} : { versionId };
  const plan = ownPlan({ name, about: { shape: 'object', bucket, objectKey }, query, ...where });
  const answer = await ask(plan, words, asker, serving);
  answer.response.resume();
  return answer;
}

/** What is behind the error that a client would get. */
function faultBehind(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
