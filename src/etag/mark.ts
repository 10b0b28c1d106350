/**
 * ETags of the form of an MD5 that are none, and how clients are told: `"<32 hex digits>-0"`. A dash is what multipart
 * ETags have (`"<32 hex digits>-<parts>"`), so clients that compare MD5s know not to, and no upload has no parts.
 *
 * A tag may stand in quotes or without, be weak, and be written for a header or for XML. What has no such form (that
 * of a multipart upload, `*`, a date) is left as it is, and so is what is marked already.
 */
export function markTag(tag: string): string {
  return tag.replace(BARE, '$1-0$2');
}

/** The tag as the store knows it, whether the client sent it marked or not. */
export function unmarkTag(tag: string): string {
  return tag.replace(MARKED, '$1$2');
}

const QUOTE = '(?:"|&quot;|&#34;|&#[xX]22;)?';
const DIGITS = '[0-9a-fA-F]{32}';
const BARE = new RegExp(`^(\\s*(?:W/)?${QUOTE}${DIGITS})(${QUOTE}\\s*)$`);
const MARKED = new RegExp(`^(\\s*(?:W/)?${QUOTE}${DIGITS})-0(${QUOTE}\\s*)$`);
