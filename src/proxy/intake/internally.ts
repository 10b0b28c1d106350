import type { Dialect } from '../../dialects/dialect.ts';
import { INTERNAL_PREFIX } from '../../dialects/dialect.ts';
import { toInternal } from '../../dialects/translate.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import { BUCKET_STORAGE_CLASS } from '../../s3/obs-headers.ts';
import type { Admitted } from './admitted.ts';

/** Of CloudFront, about the request, and of SDKs, about themselves: they mean nothing to a store. */
const MEANT_FOR_NOBODY: ReadonlySet<string> = new Set(['x-amz-cf-id', 'x-amz-user-agent']);

/**
 * A verified request of another dialect, as the line sees it: with the names and values of S3, and without what was of its
 * signature alone. Nothing behind it knows what the client spoke.
 *
 * @throws S3Error InvalidRequest for headers of two dialects: nobody signed those of the other one, and readers could
 *   differ in which of two they take
 */
export function internally(admitted: Admitted, dialect: Dialect): Admitted {
  const { message, target } = admitted;
  refuseMixed(message.headers, dialect);
  const { prefix } = dialect;
  const inside = toInternal(message.headers, dialect);
  const headers = inside.with({
    [`${prefix}date`]: undefined,
    [`${prefix}security-token`]: undefined,
    ...plusIsSpace(message.headers.joined(`${prefix}copy-source`)),
    ...ofBucket(inside, target),
  });
  const token = (name: string): boolean => name.toLowerCase() === `${prefix}security-token`;
  const { query } = target;
  return {
    ...admitted,
    dialect,
    message: { ...message, headers },
    target: query.parameters.some(({ name }) => token(name))
      ? { ...target, query: query.without(token) }
      : target,
  };
}

/** OBS has one name for the storage class of an object and for that of a bucket, which is another setting. */
function ofBucket(headers: WireHeaders, { shape }: Admitted['target']): Record<string, string | undefined> {
  const storageClass = shape === 'bucket' ? headers.single('x-amz-storage-class') : undefined;
  return storageClass === undefined
    ? {}
    : { 'x-amz-storage-class': undefined, [BUCKET_STORAGE_CLASS]: storageClass };
}

function refuseMixed(headers: WireHeaders, { prefix }: Dialect): void {
  const foreign = [...headers.names()].find(
    (name) => name.startsWith(INTERNAL_PREFIX) && !MEANT_FOR_NOBODY.has(name),
  );
  if (foreign === undefined) return;
  const own = [...headers.names()].find((name) => name.startsWith(prefix)) ?? 'Authorization';
  throw new S3Error(
    'InvalidRequest',
    `The header ${own} is of the dialect that the request is signed in, and ${foreign} is of another one. Use names that begin with ${prefix} alone.`,
  );
}

/** Of OBS's SDKs, where they sign with SigV2: their copy sources are those of its dialect, and all else is of S3. */
export function withFormEncodedSource(admitted: Admitted): Admitted {
  const { message } = admitted;
  const changes = plusIsSpace(message.headers.joined('x-amz-copy-source'));
  return changes
    ? { ...admitted, message: { ...message, headers: message.headers.with(changes) } }
    : admitted;
}

/**
 * A copy source in which a plus is a space and `%2B` is a plus, as OBS reads it: its SDK for Go writes it so.
 * @returns the header, where it has to be changed
 */
function plusIsSpace(copySource: string | undefined): Record<string, string> | undefined {
  return copySource?.includes('+') ? { 'x-amz-copy-source': copySource.replaceAll('+', '%20') } : undefined;
}
