import { echoOf } from '../../ssec/headers.ts';
import { get, isFailure, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { permission } from '../permission.ts';

/** Reads the probe without a key, which must fail. */
export const withoutKey: Check<Bench> = {
  name: 'read without the key',
  needs: 'written',
  run: async (bench) => {
    const answer = await get(bench, bench.written?.objectKey ?? '', undefined);
    if (!isFailure(answer)) return [{ grade: 'stop', found: 'the store returned the probe without a key' }];
    bench.seen.noKey = answer;
    return [{ grade: 'fine', found: `refused: ${wordsOf(answer)}` }];
  },
};

/** Reads the probe with its own key, which must return what was written. */
export const withKey: Check<Bench> = {
  name: 'read with the key',
  needs: 'written',
  run: async (bench) => {
    const { written } = bench;
    if (!written) return [];
    const answer = await get(bench, written.objectKey, written.ssecKey);
    if (isFailure(answer))
      return [
        {
          grade: 'stop',
          found: `the store refuses it: ${wordsOf(answer)}`,
          ...(answer.status === 403 ? { fix: permission(bench.upstream, bench.bucket) } : {}),
        },
      ];
    if (!answer.body.equals(written.body))
      return [{ grade: 'stop', found: 'the store returned other bytes than were written' }];
    const named = echoOf(answer.response, written.ssecKey) === 'ours';
    return [
      {
        grade: 'fine',
        found: `the content is the same${named ? '' : '; the response does not name the key'}`,
      },
    ];
  },
};

/** Reads the probe with a wrong key: how does the store refuse it? Reads with a ring depend on that. */
export const withWrongKey: Check<Bench> = {
  name: 'read with another key',
  needs: 'written',
  run: async (bench) => {
    const answer = await get(bench, bench.written?.objectKey ?? '', bench.stranger);
    if (!isFailure(answer))
      return [
        {
          grade: 'stop',
          found: 'the store returned the probe for a wrong key',
          meaning: 'it does not encrypt with the key of the request',
        },
      ];
    bench.seen.wrongKey = answer;
    return [{ grade: 'fine', found: `refused: ${wordsOf(answer)}` }];
  },
};
