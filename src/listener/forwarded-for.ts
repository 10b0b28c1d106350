import { isIP } from 'node:net';
import { shortest } from './proxy-header.ts';
import { isTrusted } from './trusted.ts';

/** So many proxies in a row; what stands before them is not looked at. */
const MOST_HOPS = 32;
/** The longest text of an IPv6 address, with a blank on both sides. */
const LONGEST = 47;

/**
 * The client behind trusted proxies, each of which has added, at the right, the address that it was asked from. So the
 * rightmost address that is not trusted counts: what stands left of it, the client may have written itself. The walk ends
 * at what is not an address.
 * @param peer who holds the connection
 * @param header all values of `X-Forwarded-For`, joined by commas
 * @returns `peer` when it is not trusted, or nothing can be read
 */
export function forwardedFor(
  peer: string | undefined,
  header: string,
  trusted: readonly string[],
): string | undefined {
  let client = peer;
  let end = header.length;
  for (let hop = 0; hop < MOST_HOPS && end >= 0; hop += 1) {
    // A connection without an address came by a unix socket: this machine's own proxy.
    if (client !== undefined && !isTrusted(client, trusted)) return client;
    // No further back than an address is long: what is longer is none.
    const comma = header.slice(Math.max(0, end - LONGEST), end).lastIndexOf(',');
    const start = comma < 0 ? 0 : Math.max(0, end - LONGEST) + comma + 1;
    if (end - start > LONGEST) return client;
    const found = addressOf(header.slice(start, end).trim());
    if (found === undefined) return client;
    client = found;
    end = start - 1;
  }
  return client;
}

function addressOf(text: string): string | undefined {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 0) return undefined;
  return version === 4 ? text : shortest(text);
}
