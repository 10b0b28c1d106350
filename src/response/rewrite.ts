import type { SseKey } from '../keys/key.ts';
import { lowerCase, UsualVerdicts } from '../lower-case.ts';
import { WireHeaders } from '../s3/headers.ts';
import { CUSTOMER_KEY_MD5 } from '../ssec/headers.ts';
import { holdsKey, mayHoldKey } from '../ssec/leak.ts';
import { endsAtHop, hopByHop } from '../upstream/hop-by-hop.ts';
import { fieldOf, type StoreResponse } from '../upstream/response.ts';

/**
 * Headers of the store that clients don't get: the MD5 of the SSE-C key, which fingerprints it and which nobody needs
 * except a client with a key of its own, which gets it from the reply; the store's request id, which ours replaces; and
 * headers that would lead clients to the store itself. The customer algorithm stays: it tells clients that the ETag may
 * not be an MD5.
 */
const DROPPED: ReadonlySet<string> = new Set([
  CUSTOMER_KEY_MD5,
  'x-amz-request-id',
  'location',
  'content-location',
  'refresh',
  // https://www.rfc-editor.org/rfc/rfc7838: the same resource at another host.
  'alt-svc',
  'x-amz-bucket-region',
  // SDKs set their clocks by it, and the proxy's clock judges their signatures: so Node sends our own Date.
  'date',
]);

/** Headers that describe a body which is replaced. */
const OF_THE_BODY: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'content-encoding',
  'content-md5',
]);

/** What stays behind of a head: by itself, with what describes the body, with the length of the body. */
const STAYS = staying(DROPPED);
const STAYS_WITH_BODY = staying(new Set([...DROPPED, ...OF_THE_BODY]));
const STAYS_WITH_LENGTH = staying(new Set([...DROPPED, 'content-length']));

/** Does a header stay behind? By its name as it was spelled, and its place among the names. */
interface Stays {
  of(spelled: string, at: number): boolean;
}

function staying(dropped: ReadonlySet<string>): Stays {
  return new UsualVerdicts((name) => dropped.has(name) || endsAtHop(name));
}

/**
 * "A sender MUST NOT generate a trailer field" of these kinds: framing, routing, authentication, the format of the
 * content (https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1). Hop-by-hop fields are not among them: they go anyway.
 */
const NO_TRAILER = /^(content-|cache-control$|expires$|host$|set-cookie$|www-authenticate$|authorization$)/;

/**
 * The headers that go on to the client, as name, value, name, value … in the store's own order and spelling.
 * This is the one door for what a store says in a head or a trailer, wherever it goes: to a client, into another header
 * or element, or to the store that a copy is written to.
 * @param ssecKeys those in play: a header that shows one of them stays behind
 */
export function relayedHeaders(
  response: StoreResponse,
  body: 'relayed' | 'replaced',
  ssecKeys: readonly SseKey[],
): string[] {
  const { rawHeaders, statusCode } = response;
  // "A server MUST NOT send a Content-Length header field in any response with a status code of 204".
  const stays = body === 'replaced' ? STAYS_WITH_BODY : statusCode === 204 ? STAYS_WITH_LENGTH : STAYS;
  const ends = hopByHop(fieldOf(response, 'connection'));
  if (ends === endsAtHop) return fields(rawHeaders, stays, ssecKeys);
  const all: Stays = { of: (spelled, at) => stays.of(spelled, at) || ends(lowerCase(spelled)) };
  return fields(rawHeaders, all, ssecKeys);
}

/** The names of the trailers that the store announces and that go on to the client; undefined without any. */
export function announcedTrailers(response: StoreResponse, ssecKeys: readonly SseKey[]): string | undefined {
  const stays = staysBehind(response);
  const names = (new WireHeaders(response.rawHeaders).joined('trailer') ?? '').split(',');
  const kept = names
    .map((name) => name.trim())
    .filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !noTrailer(name.toLowerCase(), stays));
  const announced = kept.join(', ');
  return announced === '' || holdsKey(announced, ssecKeys) ? undefined : announced;
}

/** The trailers to send to the client, chosen like its headers. They are available once the response has ended. */
export function relayedTrailers(
  response: StoreResponse,
  ssecKeys: readonly SseKey[],
): [name: string, value: string][] {
  const stays = staysBehind(response);
  const all: Stays = { of: (spelled) => noTrailer(lowerCase(spelled), stays) };
  const flat = fields(response.rawTrailers, all, ssecKeys);
  return flat.flatMap((name, i) => (i % 2 === 1 ? [] : [[name, flat[i + 1] ?? '']]));
}

function noTrailer(name: string, stays: (name: string) => boolean): boolean {
  return stays(name) || NO_TRAILER.test(name);
}

function staysBehind(response: StoreResponse): (name: string) => boolean {
  const ends = hopByHop(fieldOf(response, 'connection'));
  return (name) => ends(name) || DROPPED.has(name);
}

function fields(raw: readonly string[], stays: Stays, ssecKeys: readonly SseKey[]): string[] {
  // A copy of the right size, of which what goes on is moved together.
  const relayed = raw.slice();
  let kept = 0;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (stays.of(raw[i] as string, i >> 1)) continue;
    relayed[kept] = raw[i] as string;
    relayed[kept + 1] = raw[i + 1] as string;
    kept += 2;
  }
  while (relayed.length > kept) relayed.pop();
  if (!mayHoldKey(relayed, ssecKeys)) return relayed;
  // The values by themselves too: a key may go on from one into the next.
  const values = relayed.filter((_text, i) => i % 2 === 1);
  const said = `${relayed.join('\n')}\n\n${values.join('')}`;
  return holdsKey(said, ssecKeys) ? withoutKey(relayed, ssecKeys) : relayed;
}

/** What a client needs to read the answer, and what no key can be in. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  'accept-ranges': /^bytes$/,
  'content-length': /^[0-9]{1,15}$/,
  'last-modified': /^[A-Za-z0-9,: ]{1,30}$/,
  'x-amz-server-side-encryption-customer-algorithm': /^AES256$/,
};

function withoutKey(headers: readonly string[], ssecKeys: readonly SseKey[]): string[] {
  const kept = fieldsWhere(headers, (name, value) => !holdsKey(`${name} ${value}`, ssecKeys));
  const values = kept.filter((_text, i) => i % 2 === 1);
  if (!holdsKey(values.join(''), ssecKeys)) return kept;
  return fieldsWhere(kept, (name, value) => HARMLESS[name.toLowerCase()]?.test(value) === true);
}

function fieldsWhere(headers: readonly string[], keeps: (name: string, value: string) => boolean): string[] {
  return headers.flatMap((name, i) => {
    const value = headers[i + 1];
    return i % 2 === 1 || value === undefined || !keeps(name, value) ? [] : [name, value];
  });
}
