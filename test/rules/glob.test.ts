import fc from 'fast-check';
import t from 'tap';
import { commonMatch, isGlob, matchGlob } from '../../src/rules/glob.ts';

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

t.test('dots and dashes stand for themselves', (t) => {
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
