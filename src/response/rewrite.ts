import type { IncomingMessage } from 'node:http';
import { WireHeaders } from '../s3/headers.ts';
import { CUSTOMER_KEY_MD5 } from '../ssec/headers.ts';
import { hopByHop } from '../upstream/hop-by-hop.ts';

/**
 * Headers of the store that clients don't get: the MD5 of the SSE-C key, which fingerprints it and which nobody
 * needs, and the store's request id, in whose place stands ours; and what would lead them to the store itself. The customer algorithm stays: clients read from it
 * that the ETag may not be an MD5.
 */
const DROPPED: ReadonlySet<string> = new Set([
  CUSTOMER_KEY_MD5,
  'x-amz-request-id',
  'location',
  'x-amz-bucket-region',
]);

/** Headers that describe a body which is replaced. */
const OF_THE_BODY: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'content-encoding',
  'content-md5',
]);

/** The headers that go on to the client, as name, value, name, value … in the store's own order and spelling. */
export function relayedHeaders(response: IncomingMessage, body: 'relayed' | 'replaced'): string[] {
  const { rawHeaders } = response;
  const ends = hopByHop(new WireHeaders(rawHeaders).joined('connection'));
  const relayed: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (ends(name) || DROPPED.has(name) || (body === 'replaced' && OF_THE_BODY.has(name))) continue;
    relayed.push(rawHeaders[i] as string, rawHeaders[i + 1] as string);
  }
  return relayed;
}
