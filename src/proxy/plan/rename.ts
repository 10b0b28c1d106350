import { matchGlob } from '../../rules/glob.ts';
import type { RuleSet } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Target } from '../../s3/target.ts';

/**
 * A store that renames an object leaves it under the SSE-C key that it has, and that of a derived key is made of its
 * name: under the new one nobody could read it.
 * @throws S3Error NotImplemented in a bucket in which a rule derives keys
 */
export function refuseRename(target: Target, { rules }: RuleSet): void {
  if (target.shape === 'service') return;
  const { bucket } = target;
  const derives = rules.some(
    ({ bucket: pattern, encryption }) =>
      encryption.kind === 'ssec' &&
      encryption.ring.some(({ derive }) => derive) &&
      matchGlob(pattern, bucket),
  );
  if (!derives) return;
  throw new S3Error(
    'NotImplemented',
    'The SSE-C key of an object is derived from its name here, so the store cannot rename it. Copy it and delete the original instead.',
  );
}
