import type { StoreError } from '../../response/store-error.ts';
import { S3Error } from '../../s3/errors.ts';
import { type Blocking, blockingOf, unblockCommand } from '../../ssec/blocked.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';

/** What clients read in the place of the store's words, which name the proxy's own account. */
const MESSAGES: Readonly<Record<Exclude<Blocking, 'unclear'>, string>> = {
  setting:
    'This bucket blocks uploads with SSE-C, under which this proxy stores. Its owner can allow them: PutBucketEncryption with BlockedEncryptionTypes NONE.',
  policy:
    'A policy at the store denies this write, which carries an SSE-C key. If it denies SSE-C as such, its owner has to except the proxy from it.',
};

const DOCTOR = '"ssec-proxy doctor CONFIG" tells more';
const CONDITION = 's3:x-amz-server-side-encryption-customer-algorithm';

/**
 * The error in the place of a 403 that is about SSE-C as such, and not about the client's permissions; undefined when
 * the store's own goes on. The log says what to fix, which for a bare AccessDenied may be either.
 */
export function ssecRefused(log: Asker['log'], error: StoreError, plan: Plan): S3Error | undefined {
  const { write } = plan;
  const blocking = write && blockingOf(error);
  if (!write || blocking === undefined) return undefined;
  log.cause = remedyFor(blocking, write.bucket, plan);
  return blocking === 'unclear' ? undefined : new S3Error('AccessDenied', MESSAGES[blocking]);
}

function remedyFor(blocking: Blocking, bucket: string, { upstream }: Plan): string {
  if (blocking === 'setting') {
    return `the bucket blocks SSE-C (BlockedEncryptionTypes); allow it, keeping the bucket's default encryption if that is not AES256: ${unblockCommand(bucket, upstream.region)}; ${DOCTOR}`;
  }
  const policy = `a policy of ${bucket} or above it may deny SSE-C (a Deny with the condition ${CONDITION}): except the identity of ${upstream.name}.credentials from it`;
  if (blocking === 'policy') return `a policy denies this write; ${policy}; ${DOCTOR}`;
  return `the store denies this write under an SSE-C key; the permission to write may be missing, or ${policy}; ${DOCTOR}`;
}
