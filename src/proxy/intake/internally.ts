import type { Dialect } from '../../dialects/dialect.ts';
import { INTERNAL_PREFIX } from '../../dialects/dialect.ts';
import { toInternal } from '../../dialects/translate.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import { BUCKET_STORAGE_CLASS } from '../../s3/obs-headers.ts';
import type { Target } from '../../s3/target.ts';
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
  const token = `${prefix}security-token`;
  const stays = withoutEncoding(target, message);
  return {
    ...admitted,
    dialect,
    message: { ...message, headers },
    target: without(stays, (name) => name.toLowerCase() === token),
  };
}

/**
 * How a document would write object keys: at OBS uploads have the parameter too. Theirs name one, which the proxy's client
 * gets as it is.
 */
function withoutEncoding(target: Target, { method }: Admitted['message']): Target {
  const { query } = target;
  const ofUpload = method === 'POST' && (query.has('uploads') || query.has('uploadId'));
  return ofUpload ? without(target, (name) => name === 'encoding-type') : target;
}

function without(target: Target, leaveOut: (name: string) => boolean): Target {
  const { query } = target;
  return query.names.some(leaveOut) ? { ...target, query: query.without(leaveOut) } : target;
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
  const own = [...headers.names()].find((name) => name.startsWith(prefix));
  const ours =
    own === undefined
      ? `The request is signed in a dialect whose headers begin with ${prefix}`
      : `The header ${own} is of the dialect that the request is signed in`;
  throw new S3Error(
    'InvalidRequest',
    `${ours}, and ${foreign} is of another one. Use names that begin with ${prefix} alone.`,
  );
}

/** Of OBS's SDKs, where they sign with SigV2: their copy sources are those of its dialect, and nearly all else is of S3. */
export function withFormEncodedSource(admitted: Admitted): Admitted {
  const { message, target } = admitted;
  const stays = withoutEncoding(target, message);
  const changes = plusIsSpace(message.headers.joined('x-amz-copy-source'));
  if (!changes) return stays === target ? admitted : { ...admitted, target: stays };
  return { ...admitted, target: stays, message: { ...message, headers: message.headers.with(changes) } };
}

/**
 * A copy source in which a plus is a space and `%2B` is a plus, as OBS reads it: its SDK for Go writes it so.
 * @returns the header, where it has to be changed
 */
function plusIsSpace(copySource: string | undefined): Record<string, string> | undefined {
  return copySource?.includes('+') ? { 'x-amz-copy-source': copySource.replaceAll('+', '%20') } : undefined;
}
