import { get, isFailure, put } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';

/** Pairs of object keys that are the same key to a store that normalises. */
const SPELLINGS = [
  { written: 'fold//a', asked: 'fold/a' },
  { written: 'fold/./b', asked: 'fold/b' },
  { written: 'fold/x/../c', asked: 'fold/c' },
] as const;

/** Does the store treat several object keys as one? Then a client could bypass a rule. */
export const folding: Check<Bench> = {
  name: 'object keys',
  needs: 'written',
  run: async (bench) => {
    const { folder, prefix, seen, written } = bench;
    const below = SPELLINGS.map((one) => ({ written: folder + one.written, asked: folder + one.asked }));
    // With a prefix, a slash in front would put the probe outside of it.
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
            found: `the store normalises object keys: ${folded.join(', ')}`,
            meaning:
              'the proxy refuses object keys that the store would change, if the provider in the config says that it does',
          },
        ]
      : [{ grade: 'fine', found: 'object keys are kept unchanged' }];
  },
};
