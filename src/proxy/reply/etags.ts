import { markingEtags, markingListedEtags } from '../../etag/documents.ts';
import { listMarks, marksEtag } from '../../etag/mark.ts';
import { type Rewrite, unreadable } from './rewrite.ts';

/** More than a thousand objects with the longest names that there are, each character of them an entity. */
export const LONGEST_LIST = 8 * 1024 * 1024;

/** The ETags of a list are marked by the rule of each object key. */
export const LIST: Rewrite = {
  applies: ({ target, upstream }, rules) =>
    upstream.etags === 'marked' && target.shape === 'bucket' && rules.mayEncrypt(target.bucket),
  longest: LONGEST_LIST,
  rewrite: (document, { plan: { target, upstream }, serving: { snapshot } }) => {
    if (target.shape !== 'bucket') throw unreadable();
    return markingListedEtags(document, listMarks(target.bucket, { rules: snapshot.rules, upstream }));
  },
};

/** They are asked for under a key: a document that shows it does not go on. */
export const ATTRIBUTES: Rewrite = {
  applies: (plan) => marksEtag(plan) || plan.ssecKeys.length > 0,
  *rewrite(document, { plan }) {
    return marksEtag(plan) ? yield* markingEtags(document.toString()) : document;
  },
};
