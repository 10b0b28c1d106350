import { echoOf, ssecHeaders } from '../../ssec/headers.ts';
import { copyHeaders, get, isFailure, put, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import type { Finding } from '../finding.ts';

/** Garage cannot copy parts from objects below 3 KiB, which it stores inline with their metadata. */
const SOURCE_BYTES = 4099;

/**
 * Copies from one key to another: does the store support that, and is the copy encrypted? The keys must differ, because
 * Ceph reads the source of a part with the key of the destination.
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
      return [{ grade: 'note', found: 'the store makes a copy, but the copy cannot be read with its key' }];
    }
    seen.copies.set('CopyObject', 'encrypted');
    seen.echoes.set('CopyObject', echoOf(answer.response, ssecKey) === 'ours');
    return [{ grade: 'fine', found: 'a copy is encrypted under the key of the request' }];
  },
};

/** Stores the source of the copies under another key than their destination. */
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

/** The proxy never asks such a store to copy. */
export function storedPlain(what: string): Finding {
  return {
    grade: 'note',
    found: `the store answers 200 and stores ${what} unencrypted`,
    meaning: 'the proxy does not ask it to copy, unless the provider in the config says that it can',
  };
}
