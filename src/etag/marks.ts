import type { Match, RuleSet } from '../rules/match.ts';

interface Marking {
  readonly etags: 'marked' | 'as-is';
}

/**
 * Do clients get the ETag of this object with a mark? The rule of its object key says so, and never an answer: a list
 * does not tell what is encrypted, and has to agree with a HEAD.
 * @param match a bucket or the service has no ETag
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

/** The same of any object of a bucket, by its key. */
export function bucketMarks(
  bucket: string,
  { rules, upstream }: { readonly rules: RuleSet; readonly upstream: Marking },
): (objectKey: string) => boolean {
  return (objectKey) => marksEtag({ match: rules.matchObject(bucket, objectKey), upstream });
}
