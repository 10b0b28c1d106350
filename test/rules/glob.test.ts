import fc from 'fast-check';
import t from 'tap';
import { commonMatch, haveCommonMatch, isGlob, matchGlob } from '../../src/rules/glob.ts';
import { globIndex } from '../../src/rules/glob-index.ts';
import { overlapIndex } from '../../src/rules/overlap-index.ts';

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });

/** All texts of a and b up to 7 characters. */
const TEXTS = Array.from({ length: 8 }, (_, length) =>
  Array.from({ length: 2 ** length }, (_, bits) =>
    Array.from({ length }, (_, place) => ((bits >> place) & 1 ? 'b' : 'a')).join(''),
  ),
).flat();

const asRegex = (glob: string) => new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);

t.test('a pattern matches what its regular expression matches', (t) => {
  fc.assert(
    fc.property(pattern, text, (p, s) => matchGlob(p, s) === asRegex(p).test(s)),
    { numRuns: 2_000 },
  );
  t.end();
});

t.test('dots and dashes are literal', (t) => {
  t.ok(matchGlob('a.b-*', 'a.b-c'));
  t.notOk(matchGlob('a.b', 'axb'));
  t.notOk(isGlob('a.b-c_D'));
  t.end();
});

t.test('many stars do not take exponential time', (t) => {
  t.notOk(matchGlob(`${'*a'.repeat(30)}*b`, 'a'.repeat(63)));
  t.end();
});

t.test('two patterns have a common match exactly when a search of all texts finds one', (t) => {
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      const found = commonMatch(a, b);
      const exists = TEXTS.some((s) => matchGlob(a, s) && matchGlob(b, s));
      if (found === undefined) return !exists;
      return matchGlob(a, found) && matchGlob(b, found);
    }),
    { numRuns: 3_000 },
  );
  t.end();
});

t.test('whether there is a common match is known without making one', (t) => {
  fc.assert(
    fc.property(pattern, pattern, (a, b) => haveCommonMatch(a, b) === (commonMatch(a, b) !== undefined)),
    { numRuns: 5_000 },
  );
  t.end();
});

t.test('an index of patterns finds those that match, each tried by itself', (t) => {
  const odd = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', 'é', '😀'), maxLength: 8 });
  const patterns = fc.uniqueArray(fc.oneof(pattern, odd), { maxLength: 20 });
  fc.assert(
    fc.property(patterns, fc.oneof(text, odd), (all, s) => {
      const found = globIndex(new Map(all.map((p) => [p, p]))).find(s);
      return (
        [...found].toSorted().join() ===
        all
          .filter((p) => matchGlob(p, s))
          .toSorted()
          .join()
      );
    }),
    { numRuns: 3_000 },
  );
  t.ok(
    globIndex(new Map([[`${'*a'.repeat(30)}*b`, 1]])).find('a'.repeat(63)).length === 0,
    'in no exponential time',
  );
  t.end();
});

t.test('no pattern with a common match is left out of the candidates', (t) => {
  const patterns = fc.array(pattern, { maxLength: 12 });
  fc.assert(
    fc.property(patterns, pattern, (all, asked) => {
      const places = all.map((bucket, index) => ({ bucket, index }));
      const found = new Set(overlapIndex(places, ({ bucket }) => bucket).candidates(asked));
      return places.every((place) => found.has(place) || !haveCommonMatch(place.bucket, asked));
    }),
    { numRuns: 3_000 },
  );
  t.end();
});

t.test('of 10,000 patterns few are candidates, whether their starts or their ends differ', (t) => {
  for (const make of [
    (i: number) => `team-${i}-*`,
    (i: number) => `*-${i}-team`,
    (i: number) => `a*-${i}-b`,
  ]) {
    const all = Array.from({ length: 10_000 }, (_, i) => make(i));
    const index = overlapIndex(all, (p) => p);
    const candidates = all.reduce((sum, p) => sum + [...index.candidates(p)].length, 0);
    t.equal(candidates, 10_000, 'each has itself alone');
  }
  t.end();
});
