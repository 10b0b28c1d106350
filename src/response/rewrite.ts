import type { IncomingMessage } from 'node:http';
import type { SseKey } from '../keys/key.ts';
import { WireHeaders } from '../s3/headers.ts';
import { CUSTOMER_KEY_MD5 } from '../ssec/headers.ts';
import { holdsKey } from '../ssec/leak.ts';
import { hopByHop } from '../upstream/hop-by-hop.ts';

/**
 * Headers of the store that clients don't get: the MD5 of the SSE-C key, which fingerprints it and which nobody
 * needs; the store's request id, in whose place stands ours; and what would lead them to the store itself. The
 * customer algorithm stays: clients read from it that the ETag may not be an MD5.
 */
const DROPPED: ReadonlySet<string> = new Set([
  CUSTOMER_KEY_MD5,
  'x-amz-request-id',
  'location',
  'content-location',
  'refresh',
  // https://www.rfc-editor.org/rfc/rfc7838: where the same thing is to be had, from another host.
  'alt-svc',
  'x-amz-bucket-region',
  // SDKs set their clocks by it, and it is the proxy's that judges their signatures: Node sends our own.
  'date',
]);

/** Headers that describe a body which is replaced. */
const OF_THE_BODY: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'content-encoding',
  'content-md5',
]);

/**
 * The headers that go on to the client, as name, value, name, value … in the store's own order and spelling.
 * @param ssecKeys those in play: a header that shows one of them stays behind
 */
export function relayedHeaders(
  response: IncomingMessage,
  body: 'relayed' | 'replaced',
  ssecKeys: readonly SseKey[],
): string[] {
  const { rawHeaders } = response;
  const ends = hopByHop(new WireHeaders(rawHeaders).joined('connection'));
  const relayed: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (ends(name) || DROPPED.has(name) || (body === 'replaced' && OF_THE_BODY.has(name))) continue;
    relayed.push(rawHeaders[i] as string, rawHeaders[i + 1] as string);
  }
  return holdsKey(relayed.join('\n'), ssecKeys) ? withoutKey(relayed, ssecKeys) : relayed;
}

function withoutKey(headers: readonly string[], ssecKeys: readonly SseKey[]): string[] {
  return headers.flatMap((name, i) => {
    const value = headers[i + 1];
    if (i % 2 === 1 || value === undefined || holdsKey(`${name} ${value}`, ssecKeys)) return [];
    return [name, value];
  });
}
