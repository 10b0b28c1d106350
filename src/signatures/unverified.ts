import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';
import { unhoist, withoutObsSignature } from '../sigv2/presigned.ts';
import { schemesOfQuery } from '../sigv2/scheme.ts';
import { withoutSignature } from '../sigv4/presigned.ts';

/**
 * A request without the signature in its query, which nobody verified: it is not for the store. Parameters that signers
 * hoist out of the headers are headers again.
 *
 * @throws S3Error InvalidArgument when a parameter disagrees with the header that it stands for, or can't be one
 */
export function dropSignature(query: Query, headers: WireHeaders): { query: Query; headers: WireHeaders } {
  const scheme = schemesOfQuery(query)[0];
  if (scheme === 'AWS') return unhoist(headers, query);
  return scheme === 'OBS' ? { query: withoutObsSignature(query), headers } : withoutSignature(query, headers);
}
