import fc from 'fast-check';
import t from 'tap';
import { createReport } from '../../src/config/problem.ts';
import { checkRules } from '../../src/config/rule-checks.ts';
import { commonMatch, isGlob } from '../../src/rules/glob.ts';

interface Spec {
  readonly bucket: string;
  readonly prefix: string;
  readonly off: boolean;
}

/** Places of the rules that tie with an earlier one, and of those that hide another. */
function found(specs: readonly Spec[]): { ties: string[]; holes: string[] } {
  const report = createReport(() => ({ line: 1, column: 1 }));
  const rules = specs.map(({ bucket, prefix, off }) => ({
    match: { bucket, prefix },
    encrypt: off ? ('off' as const) : ['k'],
  }));
  checkRules({ rules }, report);
  const pathsOf = (words: string): string[] =>
    report
      .problems()
      .filter(({ message }) => message.includes(words))
      .map(({ path }) => path);
  return { ties: pathsOf('ties with').toSorted(), holes: pathsOf('leaves objects unencrypted').toSorted() };
}

/** The same by looking at every pair. */
function ofAllPairs(specs: readonly Spec[]): { ties: string[]; holes: string[] } {
  const meet = (a: Spec, b: Spec): boolean => commonMatch(a.bucket, b.bucket) !== undefined;
  const ties = specs.flatMap((rule, index) =>
    specs
      .slice(0, index)
      .some((b) => b.prefix === rule.prefix && isGlob(b.bucket) === isGlob(rule.bucket) && meet(rule, b))
      ? [`rules[${index}].match`]
      : [],
  );
  const hides = (a: Spec, b: Spec): boolean => {
    if (!a.prefix.startsWith(b.prefix) && !b.prefix.startsWith(a.prefix)) return false;
    const [glob, other] = [isGlob(a.bucket), isGlob(b.bucket)];
    return (glob === other ? a.prefix.length > b.prefix.length : other) && meet(a, b);
  };
  const holes = specs.flatMap((rule, index) =>
    rule.off && specs.some((b) => !b.off && hides(rule, b)) ? [`rules[${index}].encrypt`] : [],
  );
  return { ties: ties.toSorted(), holes: holes.toSorted() };
}

t.test('finds the same ties and holes as a comparison of all pairs', (t) => {
  const bucket = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 5 });
  const prefix = fc.constantFrom('', 'x', 'x/', 'y');
  const specs = fc.array(fc.record({ bucket, prefix, off: fc.boolean() }), { maxLength: 8 });
  fc.assert(
    fc.property(specs, (all) => JSON.stringify(found(all)) === JSON.stringify(ofAllPairs(all))),
    { numRuns: 2_000 },
  );
  t.end();
});

t.test('10,000 globs that begin with a star are compared with few of each other', (t) => {
  const globs = (make: (index: number) => string): Spec[] =>
    Array.from({ length: 10_000 }, (_, index) => ({ bucket: make(index), prefix: '', off: index % 2 === 0 }));
  t.same(found(globs((index) => `*-${index}-x`)), { ties: [], holes: [] });
  t.equal(found(globs((index) => `*${index}*`)).ties.length, 9_999, 'all tie with the first');
  t.end();
});
