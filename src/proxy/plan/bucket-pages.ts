import { S3Error } from '../../s3/errors.ts';
import { Query } from '../../s3/query.ts';
import { hasRegions } from '../../upstream/regions.ts';
import type { Upstream } from '../../upstream/upstream.ts';

/** S3's most: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
const MOST_BUCKETS = 10_000;

/**
 * What a store is asked for: all of its buckets. Its own pages and prefixes would tell of buckets that the caller may not
 * know of, by a page that is shorter than the others. One with several regions says of a bucket where it is when it is asked for a page.
 */
export function wholeList(upstream: Upstream): Query {
  const pages = { name: 'max-buckets', value: String(MOST_BUCKETS), hasEquals: true };
  return new Query(hasRegions(upstream) ? [pages] : []);
}

/**
 * The page that the query asks for, of all names in their order. The token of the next page is the last name of this
 * one: whatever is made or removed in between, no other bucket is listed twice or left out.
 * @throws S3Error InvalidArgument
 */
export function pageOf<T extends { readonly name: string }>(
  all: readonly T[],
  query: Query,
): { readonly page: readonly T[]; readonly token: string | undefined } {
  const after = nameIn(query.get('continuation-token'));
  const most = query.has('max-buckets') ? Number(query.get('max-buckets')) : MOST_BUCKETS;
  if (!Number.isInteger(most) || most < 1 || most > MOST_BUCKETS) {
    throw new S3Error('InvalidArgument', `max-buckets must be a number from 1 to ${MOST_BUCKETS}.`);
  }
  const left = all.filter(({ name }) => after === undefined || name > after);
  const page = left.slice(0, most);
  const last = page.at(-1);
  return { page, token: last && left.length > page.length ? tokenOf(last.name) : undefined };
}

function tokenOf(name: string): string {
  return Buffer.from(name).toString('base64url');
}

function nameIn(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const name = Buffer.from(token, 'base64url').toString();
  if (name !== '' && tokenOf(name) === token) return name;
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
}
