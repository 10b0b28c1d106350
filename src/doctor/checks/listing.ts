import { ask, isFailure, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { policyStatement } from '../commands.ts';
import type { Finding } from '../finding.ts';

/** Do lists come, of objects and of versions? */
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
  readonly permission: string;
}

const OBJECTS: Wording = {
  what: 'objects',
  meaning: 'clients that list fail, and what does not exist is answered with 403 and not with 404',
  permission: 's3:ListBucket',
};
const VERSIONS: Wording = {
  what: 'versions',
  meaning: '"ssec-proxy verify" does not see older versions',
  permission: 's3:ListBucketVersions',
};

async function list(
  bench: Bench,
  query: Readonly<Record<string, string | undefined>>,
  { what, meaning, permission }: Wording,
): Promise<readonly Finding[]> {
  const { bucket, prefix, upstream } = bench;
  const answer = await ask(bench, {
    method: 'GET',
    bucket,
    query: { ...query, prefix, 'max-keys': '1' },
  });
  if (!isFailure(answer)) return [{ grade: 'fine', found: `${what} are listed` }];
  const denied = answer.status === 403;
  return [
    {
      grade: denied ? 'warning' : 'note',
      found: `${what} are not listed: ${wordsOf(answer)}`,
      meaning,
      ...(denied
        ? { mend: `allow ${upstream.name}.credentials ${permission}: ${policyStatement(bucket)}` }
        : {}),
    },
  ];
}
