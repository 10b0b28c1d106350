import type { Match, RuleSet } from '../rules/match.ts';

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
