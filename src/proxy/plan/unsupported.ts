import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import { refusalOf } from '../../s3/refused-headers.ts';
import { HARMLESS } from '../../s3/request-headers.ts';
import type { Target } from '../../s3/target.ts';
import { requireNoFolder, requireUnfolded } from '../../s3/unfolded.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { CopySource } from './plan.ts';

/**
 * @throws S3Error NotImplemented for what this proxy, or the store of this provider, does not do; InvalidArgument for a
 *   header that makes a store do something else with a write
 */
export function refuseUnsupported(operation: Operation, headers: WireHeaders, { provider }: Upstream): void {
  if (operation.writes) {
    for (const name of headers.names()) {
      if (HARMLESS.has(name)) continue;
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
  if (!operation.writesSubresource || provider.subresourceWrites.includes(operation.name)) return;
  throw new S3Error(
    'NotImplemented',
    `${operation.name} is not sent to this store (provider ${provider.name}), which may take it for another operation.`,
  );
}

/** @throws S3Error InvalidArgument for an object key that the store would take for another one */
export function refuseFoldable({ provider }: Upstream, target: Target, source: CopySource | undefined): void {
  if (source?.upstream.provider.normalisesKeys) requireUnfolded(source.objectKey);
  if (!provider.normalisesKeys) return;
  if (target.shape === 'object') requireUnfolded(target.objectKey);
  else requireUnfolded(target.query.get('prefix') ?? '');
}

/** @throws S3Error InvalidArgument for a folder, where the store keeps those in plain */
export function refuseFolder({ provider }: Upstream, target: Target): void {
  if (!provider.sealsFolders && target.shape === 'object') requireNoFolder(target.objectKey);
}
