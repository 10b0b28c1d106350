import { ssecHeaders } from '../../ssec/headers.ts';
import { echoOf } from '../../ssec/proof.ts';
import { copyHeaders, get, isFailure, put, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import type { Finding } from '../finding.ts';

/** Garage copies no part of what it keeps beside its metadata: of objects below 3 KiB. */
const SOURCE_BYTES = 4099;

/**
 * Copies from one key to another: does the store do that, and is the copy encrypted? With the same key at both ends it
 * would not show: Ceph reads the source of a part with the key of the destination.
 */
export const copy: Check<Bench> = {
  name: 'copy',
  needs: 'written',
  run: async (bench) => {
    const { seen } = bench;
    const written = await writeSource(bench);
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

/** Stores the source of copies under a key that is not that of their destination. */
export async function writeSource(bench: Bench): Promise<Bench['written']> {
  const { stranger } = bench;
  const source = {
    objectKey: `${bench.folder}source`,
    ssecKey: stranger,
    body: bench.bytes(SOURCE_BYTES),
  };
  const headers = ssecHeaders('target', stranger);
  const stored = await put(bench, source.objectKey, { body: source.body, headers });
  return isFailure(stored) ? undefined : source;
}

/** The proxy copies nothing by such a store. */
export function storedPlain(what: string): Finding {
  return {
    grade: 'note',
    found: `the store answers 200 and stores ${what} in plain`,
    meaning: 'it is not asked to copy, unless its provider row says that it can',
  };
}
