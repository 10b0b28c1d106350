import { BUCKET_STORAGE_CLASS } from '../../s3/obs-headers.ts';
import type { Operation } from '../../s3/operations.ts';
import type { Upstream } from '../../upstream/upstream.ts';

/**
 * Does this store get a header with this operation that S3 has no counterpart for? Only where it is asked in a dialect of its
 * own: what it does with such a header in a request of S3's is not documented, but for one.
 * @param name in lower case
 */
export function isOwnHeader(
  name: string,
  operation: Pick<Operation, 'name'>,
  { provider, dialect }: Pick<Upstream, 'provider' | 'dialect'>,
): boolean {
  const told = dialect !== undefined || name === BUCKET_STORAGE_CLASS;
  return told && provider.ownHeaders[operation.name]?.has(name) === true;
}
