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
    const { folder, seen, written } = bench;
    const folded: string[] = [];
    for (const spelling of SPELLINGS) {
      const objectKey = `${folder}${spelling.written}`;
      const other = `${folder}${spelling.asked}`;
      const stored = await put(bench, objectKey, { body: written?.body ?? Buffer.alloc(1) });
      if (isFailure(stored)) continue;
      bench.made.add(other);
      const met = await get(bench, other, bench.keyOf(objectKey), 'HEAD');
      if (!isFailure(met)) folded.push(`${spelling.written} is ${spelling.asked}`);
    }
    seen.foldsKeys = folded.length > 0;
    return seen.foldsKeys
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
