import { parseStoreError, readErrorText } from '../../response/store-error.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { PairStanding, Told } from '../../upstream/refused-pairs.ts';
import { fieldOf } from '../../upstream/response.ts';
import type { Asker } from '../exchange.ts';
import { ownPlan } from '../plan/own-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { ownSending } from './own-sending.ts';
import type { Sending, Stores } from './sending.ts';

type Send = (sending: Sending) => Promise<Answer>;

/** Codes that blame the pair alone. */
const OF_PAIR: ReadonlySet<string> = new Set(['InvalidAccessKeyId', 'TooManyWrongSignature']);
/** A request that the proxy and the store write differently has it too. */
const OF_SIGNATURE = 'SignatureDoesNotMatch';

/**
 * Sends a request to a store that blocks access keys after wrong signatures: not while it refuses the pair that signs. A
 * refusal that may be the fault of the request is looked into by a question of the proxy's own, so that no client can stop
 * others.
 * @param send to the region of the request: its question goes there too
 * @throws S3Error ServiceUnavailable for a pair that is refused
 */
export async function sendByPair(
  sending: Sending,
  { connections }: Pick<Stores, 'connections'>,
  send: Send,
): Promise<Answer> {
  const { upstream, credentials } = sending.plan;
  if (!credentials) return await send(sending);
  const pool = connections.of(upstream);
  const pair = pool.pairs.of(credentials);
  const find = (): Promise<void> => pair.find(() => askByPair(sending.plan, send), now);
  if (pair.isDue(now())) await find();
  if (pair.refused) {
    pool.events.refused('credentials');
    throw refusal(pair.refused, sending);
  }
  pair.begin();
  try {
    const { answer, told } = await listen(await send(sending), sending);
    if (told === 'taken') pair.taken();
    else if (told !== 'nothing' && OF_PAIR.has(told.code)) pair.refuse(told.code, now());
    else if (told !== 'nothing') await find();
    return answer;
  } finally {
    pair.end();
  }
}

function now(): number {
  return performance.now();
}

/** Where a bucket is, or which there are: nothing of the client's request is in it but the bucket. */
async function askByPair({ target, upstream, credentials }: Plan, send: Send): Promise<Told> {
  const { connect, headers } = upstream.timeouts;
  const asker: Asker = { signal: AbortSignal.timeout(connect + headers), log: {} };
  const question =
    target.shape === 'service'
      ? ownPlan({ name: 'ListBuckets', about: { shape: 'service' }, upstream, credentials })
      : ownPlan({
          name: 'GetBucketLocation',
          about: { shape: 'bucket', bucket: target.bucket },
          query: { location: undefined },
          upstream,
          credentials,
        });
  const sending = ownSending(question, {}, asker);
  try {
    const { answer, told } = await listen(await send(sending), sending);
    answer.response.resume();
    return told;
  } catch {
    return 'nothing';
  }
}

/** What an answer tells of the pair; a document that is read for it stays with it. */
async function listen(
  answer: Answer,
  { plan, message }: Sending,
): Promise<{ readonly answer: Answer; readonly told: Told }> {
  const { response } = answer;
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) return { answer, told: 'taken' };
  if (statusCode >= 500 || (statusCode >= 300 && statusCode < 400)) return { answer, told: 'nothing' };
  if (statusCode !== 400 && statusCode !== 403) return { answer, told: 'taken' };
  if ((plan.method ?? message.method) === 'HEAD')
    return { answer, told: toldBy(fieldOf(response, 'x-amz-error-code')) };
  const document = answer.document ?? (await readErrorText(response, plan.upstream.timeouts.document));
  return { answer: { ...answer, document }, told: toldBy(parseStoreError(document.text, [])?.code) };
}

function toldBy(code: string | undefined): Told {
  if (code === undefined) return 'nothing';
  return OF_PAIR.has(code) || code === OF_SIGNATURE ? { code } : 'taken';
}

function refusal(
  { code, since, until }: NonNullable<PairStanding['refused']>,
  { plan: { upstream, credentials }, asker: { log } }: Sending,
): S3Error {
  const whose =
    credentials === upstream.credentials
      ? `${upstream.name}.credentials`
      : `the credentials of client ${log.client} (its option ${upstream.name})`;
  const seconds = (from: number, to: number): number => Math.max(0, Math.ceil((to - from) / 1000));
  log.storeRefusal = 'credentials';
  log.cause = `the store answered ${code} to ${whose} ${seconds(since, now())} s ago; it blocks an access key after wrong signatures, and is not asked by this pair for another ${seconds(now(), until)} s; check the secret`;
  return new S3Error('ServiceUnavailable', 'The proxy could not use the store. Its log says why.');
}
