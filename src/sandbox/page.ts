import { S3Error } from '../s3/errors.ts';
import { encodePath } from '../s3/percent.ts';
import { type Call, integerOf } from './call.ts';

/** S3 returns at most this many entries per page, whatever the request says. */
export const MAX_ENTRIES = 1000;

export interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
}

/** One page of a listing, in which object keys that share a group (up to the delimiter) appear as that group. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly groups: readonly string[];
  /** The last entry of the page, if more follow. */
  readonly last: { readonly item: Item } | { readonly group: string } | undefined;
}

/**
 * Cuts a page out of items in listing order. `passed` says which items earlier pages have had; `passedGroup` is
 * the group that an earlier page ended with, so that it is not listed again.
 */
export function cutPage<Item extends { readonly objectKey: string }>(
  sorted: Iterable<Item>,
  { prefix, delimiter, limit }: Wanted,
  passed: (item: Item) => boolean,
  passedGroup: string | undefined,
): Page<Item> {
  const items: Item[] = [];
  const groups: string[] = [];
  let last: Page<Item>['last'];
  for (const item of sorted) {
    if (!item.objectKey.startsWith(prefix) || passed(item)) continue;
    const group = groupOf(item.objectKey, prefix, delimiter);
    if (group !== undefined && (group === passedGroup || group === groups.at(-1))) continue;
    if (items.length + groups.length >= limit) return { items, groups, last };
    if (group === undefined) items.push(item);
    else groups.push(group);
    last = group === undefined ? { item } : { group };
  }
  return { items, groups, last: undefined };
}

/** Prefix, delimiter and page size of a list request. @throws S3Error InvalidArgument */
export function wantedOf(call: Call, limitName: 'max-keys' | 'max-uploads'): Wanted {
  const { query } = call.target;
  const limit = integerOf(call, limitName, { least: 0, most: 2 ** 31 - 1, fallback: MAX_ENTRIES });
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    limit: Math.min(limit, MAX_ENTRIES),
  };
}

/** The encoding of names in this response: none, or percent-encoding if the client asked for it. */
export function encoderOf(call: Call): (name: string) => string {
  const encoding = call.target.query.get('encoding-type');
  if (encoding === undefined || encoding === '') return (name) => name;
  // A space is "+", as at AWS; clients decode these names like form fields.
  if (encoding === 'url') return (name) => encodePath(name).replaceAll('%20', '+');
  throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request', {
    fields: { ArgumentName: 'encoding-type', ArgumentValue: encoding },
  });
}

function groupOf(objectKey: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = objectKey.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : objectKey.slice(0, at + delimiter.length);
}
