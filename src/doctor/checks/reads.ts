import { echoOf } from '../../ssec/proof.ts';
import { get, isFailure, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';

/** Reads the probe without a key, which has to fail. */
export const withoutKey: Check<Bench> = {
  name: 'read without the key',
  needs: 'written',
  run: async (bench) => {
    const answer = await get(bench, bench.written?.objectKey ?? '', undefined);
    if (!isFailure(answer)) return [{ grade: 'stop', found: 'the store gave the probe without a key' }];
    bench.seen.noKey = answer;
    return [{ grade: 'fine', found: `refused: ${wordsOf(answer)}` }];
  },
};

/** Reads it with its own key, which has to give what was written. */
export const withKey: Check<Bench> = {
  name: 'read with the key',
  needs: 'written',
  run: async (bench) => {
    const { written } = bench;
    if (!written) return [];
    const answer = await get(bench, written.objectKey, written.ssecKey);
    if (isFailure(answer))
      return [
        { grade: 'stop', found: `the store refuses it: ${wordsOf(answer)}`, mend: 'allow s3:GetObject' },
      ];
    if (!answer.body.equals(written.body))
      return [{ grade: 'stop', found: 'the store gave other bytes than were written' }];
    const named = echoOf(answer.response, written.ssecKey) === 'ours';
    return [{ grade: 'fine', found: `it came back${named ? '' : '; the answer does not name the key'}` }];
  },
};

/** Reads it with a key that is not its own: what does the store say? A ring is read by that. */
export const withWrongKey: Check<Bench> = {
  name: 'read with another key',
  needs: 'written',
  run: async (bench) => {
    const answer = await get(bench, bench.written?.objectKey ?? '', bench.stranger);
    if (!isFailure(answer))
      return [
        {
          grade: 'stop',
          found: 'the store gave the probe to a key that is not its own',
          meaning: 'it does not encrypt with the key that it is given',
        },
      ];
    bench.seen.wrongKey = answer;
    return [{ grade: 'fine', found: `refused: ${wordsOf(answer)}` }];
  },
};
