import { compileRules, type Rule } from '../../src/rules/match.ts';

type Place = readonly [bucket: string, prefix: string];

/**
 * What a match costs with 10,000 rules against 10: the ratio of the two in one run, and nothing absolute. The same ten
 * objects are asked for: the ten rules that match them are alone, or spread among the 10,000.
 */
const KINDS: Readonly<Record<string, (index: number) => Place>> = {
  'exact buckets': (index) => [`bucket-${pad(index)}`, ''],
  'globs by their start': (index) => [`team-${pad(index)}-*`, ''],
  'globs by their end': (index) => [`*-team-${pad(index)}`, ''],
  'globs by their middle': (index) => [`*-${pad(index)}-*`, ''],
  'prefixes of one length': (index) => ['bucket', `tenant-${pad(index)}/`],
  'prefixes of many lengths': (index) => ['bucket', `${pad(index)}/`.padEnd(8 + ((index * 53) % 509), 'x')],
  'prefixes under globs': (index) => ['bucket-*', `tenant-${pad(index)}/`],
};

const FEW = 10;
const MANY = 10_000;
const ROUNDS = 15;
const LOOKUPS = 20_000;

for (const [kind, make] of Object.entries(KINDS)) {
  const every = Array.from({ length: MANY }, (_, index) => make(index));
  const asked = every.filter((_, index) => index % (MANY / FEW) === 0);
  const few = lookups(asked, asked);
  const many = lookups(every, asked);
  const times = Array.from({ length: ROUNDS }, () => [seconds(few), seconds(many)] as const);
  // The best of each: whatever else runs on the machine only adds.
  const ratio = Math.min(...times.map(([, time]) => time)) / Math.min(...times.map(([time]) => time));
  process.stdout.write(`${kind.padEnd(26)} ${MANY} : ${FEW} rules = ${ratio.toFixed(2)}\n`);
}

function lookups(places: readonly Place[], asked: readonly Place[]): () => void {
  const rules = places.map(
    ([bucket, prefix], index): Rule => ({
      name: `rules[${index}]`,
      bucket,
      prefix,
      encryption: { kind: 'off' },
      clientHeaders: 'reject',
      declassify: false,
      plainReads: 'deny',
      foreignUploads: 'deny',
      upstream: undefined,
    }),
  );
  const compiled = compileRules(rules, 'deny');
  const objects = asked.map(
    ([bucket, prefix]) => [bucket.replaceAll('*', 'abc'), `${prefix}object`] as const,
  );
  return () => {
    for (let index = 0; index < LOOKUPS; index++) {
      const [bucket, objectKey] = objects[index % objects.length] as (typeof objects)[number];
      if (compiled.matchObject(bucket, objectKey).kind !== 'rule')
        throw new Error(`${bucket} matches no rule`);
    }
  };
}

function seconds(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function pad(index: number): string {
  return String(index).padStart(5, '0');
}
