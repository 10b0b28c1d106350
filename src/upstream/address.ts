import { encodePath } from '../s3/percent.ts';
import { type Addressed, pathOf } from '../s3/target.ts';
import type { Upstream } from './upstream.ts';

/**
 * Host header and path at the store: path style, or virtual-hosted style if the bucket is one label, because a
 * certificate for `*.host` covers no more. `bucket` is the one that stands in the host.
 *
 * @param query strictly encoded, without a question mark
 */
export function addressOf(
  resource: Addressed,
  query: string,
  { hostname, port, protocol, basePath, addressing }: Upstream,
): { host: string; path: string; bucket: string | undefined } {
  const virtual =
    addressing === 'virtual' && resource.shape !== 'service' && /^[a-z0-9-]+$/.test(resource.bucket);
  const name = hostname.includes(':') ? `[${hostname}]` : hostname;
  const authority = port === (protocol === 'https:' ? 443 : 80) ? name : `${name}:${port}`;
  const path = virtual
    ? `/${resource.shape === 'object' ? encodePath(resource.objectKey) : ''}`
    : pathOf(resource);
  return {
    host: virtual ? `${resource.bucket}.${authority}` : authority,
    path: `${basePath}${path}${query === '' ? '' : `?${query}`}`,
    bucket: virtual ? resource.bucket : undefined,
  };
}
