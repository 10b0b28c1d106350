import { S3Error } from '../../s3/errors.ts';
import type { Standing, Writes } from '../../ssec/distrust.ts';
import { echoOf } from '../../ssec/headers.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Exchange } from '../exchange.ts';
import type { EncryptedWrite, Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';
import { probe, seenWithoutKey } from './probe.ts';

/** From this many failures in a row on, somebody has to look. */
const ALARM_AT = 3;

type Asking = Pick<Exchange, 'id' | 'log'>;

/**
 * Refuses an encrypted write to a bucket whose store failed to prove an encryption: any until a probe has passed, and
 * then the operation that failed, for the client for whom it failed. What a relayed copy writes is judged by `copy/ask`, request by request.
 *
 * @returns a promise only where the distrust is shared with other processes, which have to be asked
 * @throws S3Error ServiceUnavailable
 */
export function requireTrust(
  exchange: Pick<Exchange, 'log'>,
  plan: Plan,
  serving: Serving,
): Promise<void> | undefined {
  const { write } = plan;
  const { distrust, clock } = serving;
  if (!write || !distrust.has(write.bucket)) return undefined;
  const now = clock().getTime();
  void probeIfDue(plan, serving, now);
  const relayed = plan.source?.copy === 'relay';
  const standing = relayed
    ? standingOfRelay(write.bucket, serving)
    : distrust.standing(write.bucket, writesOf(exchange, plan), now);
  if (standing instanceof Promise) return standing.then(refuseUnlessTrusted);
  refuseUnlessTrusted(standing);
  return undefined;
}

function refuseUnlessTrusted(standing: Standing): void {
  if (standing !== 'trusted') throw new S3Error('ServiceUnavailable', REFUSALS[standing]);
}

function standingOfRelay(bucket: string, { distrust }: Serving): Standing {
  return distrust.isDoubted(bucket) ? 'doubted' : 'trusted';
}

/** Requests without a signature are all of one client, without a name. */
function writesOf({ log }: Pick<Exchange, 'log'>, { operation }: Plan): Writes {
  return { operation: operation.name, client: log.client ?? '' };
}

const REFUSALS = {
  doubted: 'The store did not prove that it encrypts in this bucket. Writes wait until it does.',
  closed:
    'The store did not prove that it encrypts what this operation of yours writes in this bucket. Other operations go on; try this one again later.',
} as const;

/**
 * Demands of the answer to an encrypted write that it proves the encryption: by the echo of the algorithm and the MD5
 * of the key, ours or the client's, or, where this provider's stores send none, by a HEAD without the key that fails.
 * An upload that begins without an echo is proven by its parts.
 *
 * @returns a promise unless the answer itself proves it, and nobody doubts the bucket
 * @throws S3Error InternalError when it does not; the bucket, and this operation of the client, are distrusted from then on
 */
export function requireProof(
  exchange: Asking,
  answer: Answer,
  plan: Plan,
  serving: Serving,
): Promise<void> | undefined {
  const { write, operation, upstream } = plan;
  if (!write) return undefined;
  const { response } = answer;
  const echoes =
    response.statusCode === 200 && !upstream.provider.withoutEcho.operations.includes(operation.name);
  const proven = echoes && echoOf(response, write.ssecKey) === 'ours';
  if (proven && !serving.distrust.has(write.bucket)) return undefined;
  return judge(exchange, answer, { plan, write }, serving);
}

async function judge(
  exchange: Asking,
  answer: Answer,
  { plan, write }: { readonly plan: Plan; readonly write: EncryptedWrite },
  serving: Serving,
): Promise<void> {
  const { operation } = plan;
  const { distrust } = serving;
  const writes = writesOf(exchange, plan);
  const doubted = distrust.has(write.bucket);
  const status = answer.response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    // What the store refuses stores nothing; after a 5xx that is unknown.
    if (doubted && status >= 400 && status < 500) await distrust.spare(write.bucket, writes);
    return;
  }
  const { withoutEcho, uploadEcho } = plan.upstream.provider;
  if (!uploadEcho && operation.name === 'CreateMultipartUpload') return;
  const echoes = !withoutEcho.operations.includes(operation.name);
  const looks = echoes || serving.random() < withoutEcho.headShare;
  if (!looks && !(doubted && distrust.isTried(write.bucket, writes))) return;
  const fault = echoes
    ? echoFault(echoOf(answer.response, write.ssecKey))
    : HEAD_FAULTS[await seenWithoutKey(plan, serving)];
  if (fault === undefined) {
    if (doubted) await distrust.prove(write.bucket, writes);
    return;
  }
  answer.response.resume();
  await distrustWrite(exchange, plan, serving, fault);
  throw new S3Error('InternalError', 'The store did not prove that it encrypted the object.');
}

/** When this is done, all processes that share the distrust know of it: before the client has its answer. */
async function distrustWrite(exchange: Asking, plan: Plan, serving: Serving, fault: string): Promise<void> {
  const { write, operation, upstream } = plan;
  if (!write) return;
  const { distrust, metrics, log, audit, clock } = serving;
  const { bucket, objectKey } = write;
  const now = clock().getTime();
  const added = distrust.add(bucket, writesOf(exchange, plan), now);
  const failures = added instanceof Promise ? await added : added;
  metrics.unproven();
  exchange.log.cause = `the store did not prove the encryption: ${fault}. The object may be stored in plain; look at it, and check that the store supports SSE-C and that ${upstream.name}.provider names it`;
  const {
    id,
    log: { client },
  } = exchange;
  const fields = { id, client, op: operation.name, bucket, objectKey, fault, failures };
  log.error(
    fields,
    'unproven encryption: no more encrypted writes to this bucket until a probe passes, and none by this operation of this client for a while',
  );
  audit?.event('bucket distrusted', fields);
  if (failures >= ALARM_AT) {
    metrics.distrustAlarm();
    log.error(
      { op: operation.name, bucket, failures },
      'alarm: the store fails again and again to prove the encryption of this operation',
    );
  }
  void probeIfDue(plan, serving, now);
}

const HEAD_FAULTS = {
  open: 'a HEAD without the key succeeds',
  unclear: 'a HEAD without the key fails for another reason than the encryption',
  sealed: undefined,
} as const;

function echoFault(echo: ReturnType<typeof echoOf>): string | undefined {
  if (echo === 'ours') return undefined;
  return echo === 'missing'
    ? 'the answer does not echo the SSE-C headers'
    : 'the answer echoes another SSE-C key';
}

async function probeIfDue(plan: Plan, serving: Serving, now: number): Promise<void> {
  const bucket = plan.write?.bucket ?? '';
  const claimed = serving.distrust.claimProbe(bucket, now);
  const claim = claimed instanceof Promise ? await claimed : claimed;
  if (claim !== undefined) await probeAgain(bucket, claim, plan, serving);
}

async function probeAgain(bucket: string, claim: number, plan: Plan, serving: Serving): Promise<void> {
  const outcome = await probe(plan, serving);
  if (outcome.kind === 'proven') await serving.distrust.pass(bucket, claim);
  serving.log.warn({ bucket, ...outcome }, 'probe of a distrusted bucket');
  serving.audit?.event('bucket probed', { bucket, ...outcome });
}
