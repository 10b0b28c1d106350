import type { End } from '../ssec/headers.ts';
import { unmarkTag } from './mark.ts';

/**
 * The request headers that hold ETags, and of which end of a request. `x-amz-if-match-*` hold times and sizes.
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

/** One tag of a list; `*`, a date and what is no list at all come in pieces that no mark is on. */
const PIECE = /(?:W\/)?"[^"]*"|[^\s,"]+/g;

/**
 * The value of a header as the store is to have it.
 * @param name in lower case
 * @param marks does this end of the request have marked ETags?
 */
export function unmarkedCondition(name: string, value: string, marks: (end: End) => boolean): string {
  const end = CONDITIONS.get(name);
  return end !== undefined && marks(end) ? value.replace(PIECE, unmarkTag) : value;
}
