import { get, isFailure, put, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import { framed } from '../framed.ts';

/** Sends a body in chunks with a trailing checksum, as newer SDKs do: does the store decode it? */
export const framing: Check<Bench> = {
  name: 'framing',
  needs: 'written',
  run: async (bench) => {
    const { seen, upstream, written } = bench;
    if (upstream.protocol === 'http:' || !written) return [];
    const objectKey = `${bench.folder}trailer`;
    const { body } = written;
    const { body: inChunks, headers } = framed(body);
    const answer = await put(bench, objectKey, { body: inChunks, headers });
    if (isFailure(answer)) {
      seen.trailers = false;
      return [
        {
          grade: 'note',
          found: `the store accepts no trailers: ${wordsOf(answer)}`,
          meaning: 'the proxy decodes such bodies and checks their checksums itself',
        },
      ];
    }
    const read = await get(bench, objectKey, bench.keyOf(objectKey));
    const clean = !isFailure(read) && read.response.headers['content-encoding'] === undefined;
    seen.trailers = clean && read.body.equals(body);
    return seen.trailers
      ? [{ grade: 'fine', found: 'the store accepts bodies in chunks, with trailers' }]
      : [
          {
            grade: 'note',
            found: 'the store accepts bodies in chunks but stores the chunk framing with them',
          },
        ];
  },
};
