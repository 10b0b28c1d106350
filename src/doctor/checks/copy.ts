import { ssecHeaders } from '../../ssec/headers.ts';
import { echoOf } from '../../ssec/proof.ts';
import { copyHeaders, get, isFailure, put, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import type { Finding } from '../finding.ts';

/** Copies the probe to where it is to be encrypted as well: does the store do that, and is the copy encrypted? */
export const copy: Check<Bench> = {
  name: 'copy',
  needs: 'written',
  run: async (bench) => {
    const { written, seen } = bench;
    if (!written) return [];
    const objectKey = `${bench.folder}copy`;
    const ssecKey = bench.keyOf(objectKey);
    const headers = { ...copyHeaders(bench, written), ...ssecHeaders('target', ssecKey) };
    const answer = await put(bench, objectKey, { body: Buffer.alloc(0), headers });
    if (isFailure(answer)) {
      seen.copies.set('CopyObject', 'refused');
      return [{ grade: 'note', found: `the store does not copy encrypted objects: ${wordsOf(answer)}` }];
    }
    if (!isFailure(await get(bench, objectKey, undefined))) {
      seen.copies.set('CopyObject', 'plain');
      return [storedPlain('a copy')];
    }
    const read = await get(bench, objectKey, ssecKey);
    if (isFailure(read) || !read.body.equals(written.body)) {
      seen.copies.set('CopyObject', 'refused');
      return [
        { grade: 'note', found: 'the store copies, and the copy does not open with the key it was given' },
      ];
    }
    seen.copies.set('CopyObject', 'encrypted');
    seen.echoes.set('CopyObject', echoOf(answer.response, ssecKey) === 'ours');
    return [{ grade: 'fine', found: 'a copy is encrypted under the key that it is given' }];
  },
};

/** The proxy copies nothing by such a store. */
export function storedPlain(what: string): Finding {
  return {
    grade: 'note',
    found: `the store answers 200 and stores ${what} in plain`,
    meaning: 'it is not asked to copy, unless its provider row says that it can',
  };
}
