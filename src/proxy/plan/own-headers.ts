import type { Operation } from '../../s3/operations.ts';
import type { Upstream } from '../../upstream/upstream.ts';

/**
 * Does this store get a header with this operation that S3 has no counterpart for?
 * @param name in lower case
 */
export function isOwnHeader(
  name: string,
  operation: Pick<Operation, 'name'>,
  { provider }: Pick<Upstream, 'provider'>,
): boolean {
  return provider.ownHeaders[operation.name]?.has(name) === true;
}
