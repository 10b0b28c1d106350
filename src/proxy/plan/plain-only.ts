import type { RuleSet } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import { NO_SSE } from '../../s3/obs-operations.ts';
import { hasSsecHeader } from '../../ssec/headers.ts';
import type { Plan } from './plan.ts';

/**
 * Refuses what a store can't do under an SSE-C key, or does by itself without one, wherever a rule encrypts what it is
 * about. A rename may be that of a folder, with all that is in it, so that there the whole bucket counts.
 *
 * @throws S3Error NotImplemented; InvalidRequest for a client's own SSE-C key, which no store would take
 */
export function refuseUnderKeys(
  { operation, target, match }: Pick<Plan, 'operation' | 'target' | 'match'>,
  headers: WireHeaders,
  rules: Pick<RuleSet, 'mayEncrypt'>,
): void {
  const { name } = operation;
  const plainOnly = headers.has(FILE_SYSTEM) ? NO_SSE : operation.plainOnly;
  if (plainOnly === undefined || target.shape === 'service') return;
  const whole = target.shape === 'bucket' || operation.name === 'RenameFile';
  const encrypts = whole
    ? rules.mayEncrypt(target.bucket)
    : match.kind === 'rule' && match.rule.encryption.kind !== 'off';
  if (encrypts)
    throw new S3Error('NotImplemented', `${name} is not done where a rule encrypts: ${plainOnly}.`);
  if (hasSsecHeader('target', headers))
    throw new S3Error('InvalidRequest', `${name} takes no SSE-C key. Leave out the customer key headers.`);
}

/** By which a bucket of OBS is made a parallel file system. */
const FILE_SYSTEM = 'x-obs-fs-file-interface';
