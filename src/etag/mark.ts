import type { Match, RuleSet } from '../rules/match.ts';

/**
 * Marks ETags that look like an MD5 but are not: `"<32 hex digits>-0"`. Multipart ETags have a dash too
 * (`"<32 hex digits>-<parts>"`), so clients do not compare them with an MD5, and no upload has zero parts.
 *
 * A tag may have quotes or not, be weak, and be escaped for a header or for XML. Other values (the ETag of a multipart
 * upload, `*`, a date) stay unchanged, and so do marked ones.
 */
export function markTag(tag: string): string {
  const place = markPlace(tag);
  return place < 0 ? tag : `${tag.slice(0, place)}${MARK}${tag.slice(place)}`;
}

/** Where the mark goes in a tag that gets one, else -1. */
export function markPlace(tag: string): number {
  if (tag.length < MD5_DIGITS) return -1;
  BARE.lastIndex = 0;
  return BARE.test(tag) ? BARE.lastIndex : -1;
}

export const MARK = '-0';

/** The tag without its mark, as the store knows it. */
export function unmarkTag(tag: string): string {
  const part = markedPart(tag);
  return part ? tag.slice(0, part.from) + tag.slice(part.to) : tag;
}

/** Where the mark of a tag is; undefined where there is none. */
export function markedPart(tag: string): { readonly from: number; readonly to: number } | undefined {
  const [, before] = MARKED.exec(tag) ?? [];
  return before === undefined ? undefined : { from: before.length, to: before.length + MARK.length };
}

const MD5_DIGITS = 32;
/** Sticky, so that it says where its match ends: behind the digits. */
const BARE = /^\s*(?:W\/)?(?:"|&quot;|&#34;|&#[xX]22;)?[0-9a-fA-F]{32}(?=(?:"|&quot;|&#34;|&#[xX]22;)?\s*$)/y;
const MARKED =
  /^(\s*(?:W\/)?(?:"|&quot;|&#34;|&#[xX]22;)?[0-9a-fA-F]{32})-0(?:"|&quot;|&#34;|&#[xX]22;)?\s*$/;

interface Marking {
  readonly etags: 'marked' | 'as-is';
}

/**
 * Do clients get the ETag of this object with a mark? The rule of the object key decides, never a response: a list does
 * not say which objects are encrypted, but must agree with a HEAD.
 * @param match the rule; a bucket or the service has no ETag
 */
export function marksEtag({
  match,
  upstream,
}: {
  readonly match: Match | { readonly kind: 'bucket' | 'service' };
  readonly upstream: Marking;
}): boolean {
  return upstream.etags === 'marked' && match.kind === 'rule' && match.rule.encryption.kind !== 'off';
}

/** The same for any object of a bucket, by its object key. */
export function bucketMarks(
  bucket: string,
  { rules, upstream }: { readonly rules: RuleSet; readonly upstream: Marking },
): (objectKey: string) => boolean {
  return (objectKey) => marksEtag({ match: rules.matchObject(bucket, objectKey), upstream });
}

/** The same for all objects of a bucket at once; `all` where one rule has the whole bucket. */
export function listMarks(
  bucket: string,
  { rules, upstream }: { readonly rules: RuleSet; readonly upstream: Marking },
): 'all' | ((objectKey: string) => boolean) {
  const rule = rules.ruleOfAll(bucket);
  const all = rule !== undefined && marksEtag({ match: { kind: 'rule', rule }, upstream });
  return all ? 'all' : bucketMarks(bucket, { rules, upstream });
}
