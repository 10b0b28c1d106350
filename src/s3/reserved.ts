import { S3Error } from './errors.ts';
import type { Provider } from './providers.ts';
import type { ReservedKey } from './reserved-names.ts';

/** A store, as far as it matters how it reads a path. */
interface Store {
  readonly provider: Pick<Provider, 'reserved' | 'name'>;
  readonly addressing: 'path' | 'virtual';
}

/**
 * Stores have more behind an address than buckets and objects: `/minio/…` and `/admin/…` are interfaces that take the same
 * signature, and some objects can be asked for by a second name. Rules and permissions know nothing of either.
 *
 * @param objectKey or a prefix of some
 * @throws S3Error InvalidArgument
 */
export function requireOrdinaryKey(
  objectKey: string,
  { provider: { reserved, name }, addressing }: Store,
): void {
  const first = firstSegment(objectKey);
  const elsewhere = addressing === 'virtual' && reserved.beforeHost.includes(first.toLowerCase());
  if (!elsewhere && !reserved.keys.some((one) => isNamedSo(objectKey, first, one))) return;
  throw new S3Error(
    'InvalidArgument',
    `The store (provider ${name}) has another use for this object key, or another object under it. Use another key.`,
  );
}

/** A bucket whose name leads to something else. */
export function reservedBucket({ provider: { name } }: Store): S3Error {
  return new S3Error(
    'InvalidBucketName',
    `The specified bucket is not valid: the store (provider ${name}) has another use for this name.`,
  );
}

function isNamedSo(objectKey: string, first: string, reserved: ReservedKey): boolean {
  if ('first' in reserved) return first === reserved.first;
  if ('path' in reserved) return objectKey === reserved.path || objectKey.startsWith(`${reserved.path}/`);
  return reserved.at === 'last'
    ? objectKey.endsWith(reserved.endsWith)
    : objectKey.includes(`${reserved.endsWith}/`);
}

/** Leading slashes of a path are not a segment. */
function firstSegment(objectKey: string): string {
  let from = 0;
  while (objectKey.charCodeAt(from) === 0x2f) from += 1;
  const slash = objectKey.indexOf('/', from);
  return slash < 0 ? objectKey.slice(from) : objectKey.slice(from, slash);
}
