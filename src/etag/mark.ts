/**
 * Marks ETags that look like an MD5 but are not: `"<32 hex digits>-0"`. Multipart ETags have a dash too
 * (`"<32 hex digits>-<parts>"`), so clients do not compare them with an MD5, and no upload has zero parts.
 *
 * A tag may have quotes or not, be weak, and be escaped for a header or for XML. Other values (the ETag of a multipart
 * upload, `*`, a date) stay unchanged, and so do marked ones.
 */
export function markTag(tag: string): string {
  return tag.replace(BARE, '$1-0$2');
}

/** The tag without its mark, as the store knows it. */
export function unmarkTag(tag: string): string {
  return tag.replace(MARKED, '$1$2');
}

const BARE = /^(\s*(?:W\/)?(?:"|&quot;|&#34;|&#[xX]22;)?[0-9a-fA-F]{32})((?:"|&quot;|&#34;|&#[xX]22;)?\s*)$/;
const MARKED =
  /^(\s*(?:W\/)?(?:"|&quot;|&#34;|&#[xX]22;)?[0-9a-fA-F]{32})-0((?:"|&quot;|&#34;|&#[xX]22;)?\s*)$/;
