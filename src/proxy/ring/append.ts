import type { SseKey } from '../../keys/key.ts';
import type { VersionName } from '../../keys/memo.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import { echoOf } from '../../ssec/headers.ts';
import type { Answer } from '../../upstream/answer.ts';
import { fieldOf } from '../../upstream/response.ts';
import { injection } from '../plan/injection.ts';
import { objectIn, ownPlan } from '../plan/own-plan.ts';
import { complete, type Injection, type Plan } from '../plan/plan.ts';
import { ask } from '../store/ask.ts';
import { NO_HEADERS, ownMessage } from '../store/own-sending.ts';
import { noteRetry } from '../store/retried.ts';
import { searchOf } from './attempts.ts';
import { KEPT } from './range-probe.ts';
import { tryKey } from './read.ts';
import { inOrder, type KeySearch, type Request, type RingAccess } from './search.ts';

type Asker = Request['asker'];

/** A question of the proxy's own for an append: with what of its headers, and for whom. */
interface Asking {
  readonly headers: WireHeaders;
  readonly asker: Asker;
}

const NEXT = 'x-obs-next-append-position';

/**
 * The plan of an append with the SSE-C key that its object has. One at position 0 makes the object, under the key of the rule
 * that writes. To another the object's key is told by the last append, or found by a HEAD, as for a read; one that is stored
 * in plain gets nothing. Where there is no object, the store says so itself.
 *
 * @throws S3Error ObjectNotAppendable, InvalidRequest, ServiceUnavailable; what an attempt throws
 */
export async function withKeyOfObject(
  plan: Plan,
  asked: WireHeaders,
  asker: Asker,
  access: RingAccess,
): Promise<Plan> {
  const { write, ssec } = plan;
  if (!write || ssec.kind === 'none' || positionOf(plan) === '0') return plan;
  const headers = asked.only(KEPT);
  if (ssec.kind === 'client') {
    await requireOwnKey(plan, ssec.ssecKey, { headers, asker }, access);
    return plan;
  }
  const read = readingOf(plan, access);
  const told = access.memo.recall(placeOf(plan, positionOf(plan)));
  const known =
    read.kind === 'inject' ? read.ring.find(({ fingerprint }) => fingerprint === told) : undefined;
  const ssecKey = known ?? (await findKey(headOf(plan, read), { headers, asker }, access));
  return ssecKey ? complete({ ...plan, ssec: { kind: 'inject', ring: [ssecKey] } }) : plan;
}

/** What an append that is answered tells of the next one: where it goes, and under which key. */
export function rememberAppend(plan: Plan, { response }: Answer, { memo }: Pick<RingAccess, 'memo'>): void {
  const { ssec, write } = plan;
  if (!write || ssec.kind !== 'inject') return;
  memo.forget(placeOf(plan, positionOf(plan)));
  const next = fieldOf(response, NEXT);
  if (response.statusCode === 200 && next !== undefined && POSITION.test(next))
    memo.remember(placeOf(plan, next), ssec.ring[0].fingerprint);
}

const POSITION = /^[1-9]\d{0,14}$/;

function positionOf({ target }: Plan): string {
  return target.shape === 'object' ? (target.query.get('position') ?? '0') : '0';
}

/** No version has such an id, so that nothing else is remembered there: the object as long as that. */
function placeOf(plan: Plan, position: string): VersionName {
  const { bucket, objectKey } = objectIn(plan);
  return { bucket, objectKey, versionId: `position ${position}` };
}

function readingOf(plan: Plan, { clock }: RingAccess): Injection {
  const { match, upstream } = plan;
  const read = { operation: { ssec: 'read' as const }, headers: NO_HEADERS, now: clock() };
  return injection('target', { match, object: objectIn(plan), upstream }, read);
}

function headOf(plan: Plan, ssec: Injection): Plan {
  const { match, upstream, credentials } = plan;
  return ownPlan({ name: 'HeadObject', about: objectIn(plan), match, ssec, upstream, credentials });
}

/** @returns undefined where there is no object */
async function findKey(
  head: Plan,
  { headers, asker }: Asking,
  access: RingAccess,
): Promise<SseKey | undefined> {
  const search = searchOf({ message: ownMessage(head, headers), plan: head, asker }, access);
  if (!search) throw new TypeError('an append under a rule that encrypts has a ring');
  for (const ssecKey of inOrder(search)) {
    const { verdict, answer } = await tryKey(search, ssecKey);
    const { statusCode: status = 0 } = answer.response;
    answer.response.resume();
    if (verdict === 'opened') return ssecKey;
    if (verdict === 'plain') throw inPlain();
    if (verdict === 'other') return absent(status);
    noteRetry(asker.log, 'key');
  }
  throw unopened(search);
}

/** @throws S3Error ServiceUnavailable unless the store says that there is no object */
function absent(status: number): undefined {
  if (status === 404) return undefined;
  throw new S3Error('ServiceUnavailable', 'The store did not answer. Please try again.', {
    cause: new Error(`the store answered the HEAD before an append with status ${status}`),
  });
}

/** The client's own: it counts as none of the ring's. */
async function requireOwnKey(
  plan: Plan,
  ssecKey: SseKey,
  { headers, asker }: Asking,
  access: RingAccess,
): Promise<void> {
  const words = { headers, keys: { target: ssecKey } };
  const { response } = await ask(headOf(plan, { kind: 'none' }), words, asker, access);
  response.resume();
  const { statusCode: status = 0 } = response;
  if (status >= 200 && status < 300 && echoOf(response, ssecKey) !== 'ours') throw inPlain();
}

function inPlain(): S3Error {
  return new S3Error(
    'ObjectNotAppendable',
    'The object is stored in plain, and its rule encrypts: nothing is appended to it. Write it again.',
  );
}

function unopened({ request: { asker }, reading: { ring } }: KeySearch): S3Error {
  const tried = ring.map(({ id }) => id).join(', ');
  asker.log.cause = `no key of the ring opens the object that is to grow; tried: ${tried}`;
  return new S3Error(
    'InvalidRequest',
    'The object is not stored under an SSE-C key that is known here, so nothing is appended to it.',
  );
}
