import { get, isFailure, put } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';

/** Two spellings that are two object keys, and one to a store that folds. */
const SPELLINGS = [
  { written: 'fold//a', asked: 'fold/a' },
  { written: 'fold/./b', asked: 'fold/b' },
  { written: 'fold/x/../c', asked: 'fold/c' },
] as const;

/** Does the store take several object keys for one? Then a rule could be walked around. */
export const folding: Check<Bench> = {
  name: 'object keys',
  needs: 'written',
  run: async (bench) => {
    const { folder, prefix, seen, written } = bench;
    const below = SPELLINGS.map((one) => ({ written: folder + one.written, asked: folder + one.asked }));
    // With a slash in front it would lie elsewhere than below the rule's prefix.
    const inFront = prefix === '' ? [{ written: `/${folder}front`, asked: `${folder}front` }] : [];
    const folded: string[] = [];
    for (const spelling of [...below, ...inFront]) {
      const stored = await put(bench, spelling.written, { body: written?.body ?? Buffer.alloc(1) });
      if (isFailure(stored)) continue;
      bench.made.add(spelling.asked);
      const met = await get(bench, spelling.asked, bench.keyOf(spelling.written), 'HEAD');
      if (!isFailure(met)) folded.push(`${spelling.written} is ${spelling.asked}`.replaceAll(folder, ''));
    }
    if (folded.length > 0 || inFront.length > 0) seen.foldsKeys = folded.length > 0;
    return folded.length > 0
      ? [
          {
            grade: 'note',
            found: `the store folds object keys: ${folded.join(', ')}`,
            meaning:
              'the proxy refuses object keys that could be folded, where the provider row says that it does so',
          },
        ]
      : [{ grade: 'fine', found: 'object keys are kept as they are' }];
  },
};
