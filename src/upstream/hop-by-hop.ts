/**
 * Fields that end at this hop: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1, and those that older senders
 * still use. `trailer` and `te` are about the framing of this hop; what applies to both hops is sent again on each.
 */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * "A sender MUST NOT send a connection option corresponding to a field that is intended for all recipients of the
 * content": these are, so that nobody can remove `x-amz-copy-source` from a request after its authorisation.
 */
const END_TO_END = /^(x-(?:amz|obs)-|content-|if-|range$|host$|authorization$|cache-control$|expires$|etag$)/;

/**
 * "Intermediaries MUST parse a received Connection header field before a message is forwarded."
 * @returns `endsAtHop` where it lists no fields
 */
export function hopByHop(connection: string | undefined): (name: string) => boolean {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return endsAtHop;
  if (/^\s*(keep-alive|close)\s*$/i.test(connection)) return endsAtHop;
  const listed = new Set(connection.split(',').map((token) => token.trim().toLowerCase()));
  return (name) => endsAtHop(name) || (listed.has(name) && !END_TO_END.test(name));
}

/** Does a field end here, whatever is said? @param name in lower case */
export function endsAtHop(name: string): boolean {
  return HOP_BY_HOP.has(name);
}

/**
 * Does the client accept trailers? "A sender of TE MUST also send a TE connection option": not all do, so it is not
 * required here. https://www.rfc-editor.org/rfc/rfc9110#section-10.1.4
 */
export function takesTrailers(te: string | undefined): boolean {
  if (te === undefined) return false;
  return te.split(',').some((coding) => coding.trim().toLowerCase() === 'trailers');
}
