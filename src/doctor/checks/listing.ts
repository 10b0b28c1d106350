import { ask, isFailure, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import type { Finding } from '../finding.ts';
import { permission } from '../permission.ts';

/** Does the store list objects and versions? */
export const listing: Check<Bench> = {
  name: 'listing',
  needs: 'nothing',
  run: async (bench) => [
    ...(await list(bench, { 'list-type': '2' }, OBJECTS)),
    ...(await list(bench, { versions: undefined }, VERSIONS)),
  ],
};

interface Wording {
  readonly what: string;
  readonly meaning: string;
  readonly action: string;
}

const OBJECTS: Wording = {
  what: 'objects',
  meaning: 'clients that list will fail, and a missing object gives 403 instead of 404',
  action: 's3:ListBucket',
};
const VERSIONS: Wording = {
  what: 'versions',
  meaning: '"ssec-proxy verify" does not see older versions',
  action: 's3:ListBucketVersions',
};

async function list(
  bench: Bench,
  query: Readonly<Record<string, string | undefined>>,
  { what, meaning, action }: Wording,
): Promise<readonly Finding[]> {
  const { bucket, prefix, upstream } = bench;
  const answer = await ask(bench, {
    method: 'GET',
    bucket,
    query: { ...query, prefix, 'max-keys': '1' },
  });
  if (!isFailure(answer)) return [{ grade: 'fine', found: `the store lists ${what}` }];
  const denied = answer.status === 403;
  return [
    {
      grade: denied ? 'warning' : 'note',
      found: `the store does not list ${what}: ${wordsOf(answer)}`,
      meaning,
      ...(denied ? { fix: permission(upstream, bucket, [action]) } : {}),
    },
  ];
}
