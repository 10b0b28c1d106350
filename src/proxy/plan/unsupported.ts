import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import { PERSISTENT_HEADERS, requireOrdinaryHeaders } from '../../s3/persistent-headers.ts';
import type { Query } from '../../s3/query.ts';
import { refusalOf } from '../../s3/refused-headers.ts';
import { HARMLESS, isMisplaced } from '../../s3/request-headers.ts';
import { requireOrdinaryKey, reservedBucket } from '../../s3/reserved.ts';
import type { Target } from '../../s3/target.ts';
import { requireNoFolder, requireUnfolded } from '../../s3/unfolded.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { isOwnHeader } from './own-headers.ts';
import type { CopySource } from './plan.ts';

/**
 * @throws S3Error NotImplemented for what this proxy, or the store of this provider, does not do; InvalidArgument for a
 *   header that makes a store do something else with a write
 */
export function refuseUnsupported(operation: Operation, { headers, query }: Said, upstream: Upstream): void {
  const { provider } = upstream;
  if (operation.writes) {
    for (const name of headers.names()) {
      if (HARMLESS.has(name)) {
        if (isMisplaced(name, operation)) throw misplaced(name, operation);
        continue;
      }
      if (isOwnHeader(name, operation, upstream)) {
        const value = headers.single(name) ?? '';
        if (name === PERSISTENT_HEADERS) requireOrdinaryHeaders(value);
        continue;
      }
      const refusal = refusalOf(name, operation, provider);
      if (refusal) throw refusal;
    }
  }
  if (operation.body === 'form') {
    throw new S3Error(
      'NotImplemented',
      'A form is taken as the PutObject that it means, and has nothing but a policy to sign it: no query, no Authorization header.',
    );
  }
  if (query.size > 0 && query.has(ATTNAME) && !provider.namesDownloads) {
    throw new S3Error(
      'NotImplemented',
      `${ATTNAME} is not sent to this store (provider ${provider.name}). Use response-content-disposition.`,
    );
  }
  if (!operation.listed || provider.subresourceWrites.includes(operation.name)) return;
  throw new S3Error(
    'NotImplemented',
    `${operation.name} is not sent to this store (provider ${provider.name}), which may take it for another operation.`,
  );
}

/** What a request says beside its target. */
interface Said {
  readonly headers: WireHeaders;
  readonly query: Query;
}

function misplaced(name: string, operation: Operation): S3Error {
  return new S3Error('NotImplemented', `The header ${name} is not one of ${operation.name}. Leave it out.`, {
    fields: { Header: name },
  });
}

/** Of OBS: by which name a browser keeps what it reads. */
const ATTNAME = 'attname';

/**
 * @throws S3Error InvalidBucketName for a bucket that is something else at the store; InvalidArgument for an object key that
 *   the store would take for another one
 */
export function refuseNames(upstream: Upstream, target: Target, source: CopySource | undefined): void {
  const { provider, addressing } = upstream;
  if (source) refuseSource(source);
  if (target.shape === 'service') return;
  const { reserved, normalisesKeys } = provider;
  if (reserved.buckets.test(target.bucket)) throw reservedBucket(upstream);
  const looks = reserved.keys.length > 0 || (reserved.beforeHost.length > 0 && addressing === 'virtual');
  if (!normalisesKeys && !looks) return;
  const objectKey = target.shape === 'object' ? target.objectKey : (target.query.get('prefix') ?? '');
  refuseKey(objectKey, upstream);
}

/** @throws S3Error InvalidArgument, likewise; for the prefix of a list too */
export function refuseKey(objectKey: string, upstream: Upstream): void {
  if (upstream.provider.normalisesKeys) requireUnfolded(objectKey);
  requireOrdinaryKey(objectKey, upstream);
}

function refuseSource({ bucket, objectKey, upstream }: CopySource): void {
  if (upstream.provider.reserved.buckets.test(bucket)) throw reservedBucket(upstream);
  refuseKey(objectKey, upstream);
}

/** @throws S3Error InvalidArgument for a folder, where the store keeps those in plain */
export function refuseFolder({ provider }: Upstream, target: Target): void {
  if (!provider.sealsFolders && target.shape === 'object') requireNoFolder(target.objectKey);
}
