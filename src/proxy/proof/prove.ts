import { S3Error } from '../../s3/errors.ts';
import { echoOf } from '../../ssec/proof.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';
import { probe, seenWithoutKey } from './probe.ts';

/**
 * Refuses an injected write to a bucket whose store failed to prove an encryption, until a probe has passed.
 * @throws S3Error ServiceUnavailable
 */
export function requireTrust(plan: Plan, serving: Serving): void {
  const { write } = plan;
  const { distrust, clock } = serving;
  if (!write || !distrust.has(write.bucket)) return;
  if (distrust.claimProbe(write.bucket, clock().getTime())) void probeAgain(write.bucket, plan, serving);
  throw new S3Error(
    'ServiceUnavailable',
    'The store did not prove that it encrypts in this bucket. Writes wait until it does.',
  );
}

/**
 * Demands of the answer to an injected write that it proves the encryption: by the echo of the algorithm and the MD5
 * of our key, or, where this provider's stores send none, by a HEAD without the key that fails. An upload
 * that begins without an echo is proven by its parts.
 *
 * @throws S3Error InternalError when it does not; the bucket is distrusted from then on
 */
export async function requireProof(
  exchange: Pick<Exchange, 'id' | 'log'>,
  answer: Answer,
  plan: Plan,
  serving: Serving,
): Promise<void> {
  const { write } = plan;
  const status = answer.response.statusCode ?? 0;
  if (!write || status < 200 || status > 299) return;
  const { withoutEcho, uploadEcho } = plan.upstream.provider;
  if (!uploadEcho && plan.operation.name === 'CreateMultipartUpload') return;
  const fault = !withoutEcho.operations.includes(plan.operation.name)
    ? echoFault(echoOf(answer.response, write.ssecKey))
    : serving.random() < withoutEcho.headShare
      ? HEAD_FAULTS[await seenWithoutKey(plan, serving)]
      : undefined;
  if (fault === undefined) return;
  answer.response.resume();
  serving.distrust.add(write.bucket, serving.clock().getTime());
  serving.metrics.unproven();
  exchange.log.cause = `the store did not prove the encryption: ${fault}. The object may be stored in plain; look at it, and check that the store supports SSE-C and that ${plan.upstream.name}.provider names it`;
  serving.log.error(
    { id: exchange.id, op: plan.operation.name, bucket: write.bucket, objectKey: write.objectKey, fault },
    'unproven encryption: no more encrypted writes to this bucket until a probe passes',
  );
  throw new S3Error('InternalError', 'The store did not prove that it encrypted the object.');
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

async function probeAgain(bucket: string, plan: Plan, serving: Serving): Promise<void> {
  const outcome = await probe(plan, serving);
  if (outcome.kind === 'proven') serving.distrust.forgive(bucket);
  serving.log.warn({ bucket, ...outcome }, 'probe of a distrusted bucket');
}
