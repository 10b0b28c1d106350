import type { End } from '../ssec/headers.ts';
import { unmarkTag } from './mark.ts';

/**
 * The request headers with ETags, and the end of the request that each is about. `x-amz-if-match-*` have times and sizes.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html#API_CopyObject_RequestSyntax
 */
const CONDITIONS: ReadonlyMap<string, End> = new Map([
  ['if-match', 'target'],
  ['if-none-match', 'target'],
  ['if-range', 'target'],
  ['x-amz-object-if-match', 'target'],
  ['x-amz-copy-source-if-match', 'source'],
  ['x-amz-copy-source-if-none-match', 'source'],
]);

/** One tag of a list. `*`, dates and other values split into pieces that never have a mark. */
const PIECE = /(?:W\/)?"[^"]*"|[^\s,"]+/g;

/**
 * The value of a header for the store.
 * @param name in lower case
 * @param marks do clients get marked ETags for this end of the request?
 */
export function unmarkedCondition(name: string, value: string, marks: (end: End) => boolean): string {
  const end = CONDITIONS.get(name);
  return end !== undefined && marks(end) ? value.replace(PIECE, unmarkTag) : value;
}
