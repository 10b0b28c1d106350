import { StoreFailure } from '../store-client/answer.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import { wordsOf } from './ask.ts';
import type { Check } from './bench.ts';
import type { Checked } from './finding.ts';

/** Runs one check, and turns an error into a finding. */
export async function carryOut<Place>(check: Check<Place>, bench: Place): Promise<readonly Checked[]> {
  const { name } = check;
  try {
    return (await check.run(bench)).map((finding) => ({ check: name, ...finding }));
  } catch (error) {
    if (error instanceof UpstreamError) {
      return [{ check: name, grade: 'stop', found: `the store failed: ${error.message}` }];
    }
    const said = error instanceof StoreFailure ? wordsOf(error) : undefined;
    const message = said ?? (error instanceof Error ? error.message : String(error));
    return [{ check: name, grade: 'warning', found: `could not be checked: ${message}` }];
  }
}
