import { Query } from '../s3/query.ts';
import { presign } from '../sigv4/sign.ts';
import type { StoreClient } from '../store-client/client.ts';
import { transmit } from '../store-client/transmit.ts';
import { addressOf } from '../upstream/address.ts';
import { poolOf } from '../upstream/connections.ts';
import type { Upstream } from '../upstream/upstream.ts';

/**
 * Follows presigned links as `velero backup download` and browsers do: the query has the signature, which covers no header
 * but the host, and nothing else authenticates the request. The query of a request has its `X-Amz-Expires`, in seconds.
 */
export function linkClient(
  upstream: Upstream,
  { clock, signal }: { readonly clock: () => Date; readonly signal: AbortSignal },
): StoreClient {
  const pool = poolOf(upstream);
  const { credentials, region } = upstream;
  return {
    send: async ({ method, bucket = '', objectKey = '', query = {} }) => {
      const parameters = Object.entries(query).map(([name, value = '']) => ({
        name,
        value,
        hasEquals: true,
      }));
      const resource = { shape: 'object', bucket, objectKey } as const;
      const { host, path } = addressOf(resource, new Query(parameters).encode(), upstream);
      const link = presign({ method, path, host }, { credentials, region, now: clock() });
      const headers = { host, 'accept-encoding': 'gzip' };
      return await transmit({ method, path: link, headers, body: undefined, signal }, upstream, pool);
    },
    close: () => pool.destroy(),
  };
}
