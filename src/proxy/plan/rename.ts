import { matchGlob } from '../../rules/glob.ts';
import type { RuleSet } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import { requireShortKey, type Target } from '../../s3/target.ts';

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

/** What a file of OBS is to be named: another object of its bucket. */
export interface Renamed {
  readonly bucket: string;
  readonly objectKey: string;
}

/**
 * The object that a RenameFile makes, and the target with that very name: "An absolute path is required. For example,
 * name=/dir1/file1", and SDKs leave out the slash.
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0094.html
 *
 * @throws S3Error InvalidArgument without a name, KeyTooLongError
 */
export function renamed(target: Target): { readonly target: Target; readonly renamed: Renamed } {
  const name = target.query.get('name') ?? '';
  const objectKey = name.startsWith('/') ? name.slice(1) : name;
  if (target.shape !== 'object' || objectKey === '')
    throw new S3Error('InvalidArgument', 'name must be the new object key.', {
      fields: { ArgumentName: 'name', ArgumentValue: name },
    });
  requireShortKey(Buffer.byteLength(objectKey));
  return {
    target: { ...target, query: target.query.with('name', `/${objectKey}`) },
    renamed: { bucket: target.bucket, objectKey },
  };
}
