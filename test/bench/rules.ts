import { createHash } from 'node:crypto';
import { SseKey } from '../../src/keys/key.ts';
import { type Ring, writingKey } from '../../src/keys/ring.ts';
import { compileRules, type Rule } from '../../src/rules/match.ts';

type Place = readonly [bucket: string, prefix: string];

/**
 * What it costs to find the rule of an object and the SSE-C key that writes it, with 10,000 rules and keys against 10 of
 * each: the ratio of the two in one run, and nothing absolute. The same ten objects are asked for: the ten rules that
 * match them are alone, or spread among the 10,000.
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
const NOW = new Date();

for (const [kind, make] of Object.entries(KINDS)) {
  const every = Array.from({ length: MANY }, (_, index) => make(index));
  const asked = every.filter((_, index) => index % (MANY / FEW) === 0);
  const few = lookups(asked, asked);
  const many = lookups(every, asked);
  const times = Array.from({ length: ROUNDS }, () => [seconds(few), seconds(many)] as const);
  // The best of each: whatever else runs on the machine only adds.
  const ratio = Math.min(...times.map(([, time]) => time)) / Math.min(...times.map(([time]) => time));
  process.stdout.write(`${kind.padEnd(26)} ${MANY} : ${FEW} rules and keys = ${ratio.toFixed(2)}\n`);
}

function lookups(places: readonly Place[], asked: readonly Place[]): () => void {
  const rules = places.map(
    ([bucket, prefix], index): Rule => ({
      name: `rules[${index}]`,
      bucket,
      prefix,
      encryption: { kind: 'ssec', ring: ringOf(index) },
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
      const match = compiled.matchObject(bucket, objectKey);
      const encryption = match.kind === 'rule' ? match.rule.encryption : undefined;
      const ssecKey =
        encryption?.kind === 'ssec' ? writingKey(encryption.ring, { bucket, objectKey }, NOW) : undefined;
      if (!ssecKey) throw new Error(`${bucket} has no key that writes`);
    }
  };
}

/** A key of its own for each rule, a secret of nobody. */
function ringOf(index: number): Ring {
  const bytes = createHash('sha256').update(`bench ${index}`).digest();
  return [{ ssecKey: new SseKey(`bench-${index}`, bytes) }];
}

function seconds(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function pad(index: number): string {
  return String(index).padStart(5, '0');
}
