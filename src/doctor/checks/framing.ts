import { crc32 } from 'node:zlib';
import { get, isFailure, put, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';

/** Sends a body in chunks with a checksum behind it, as newer SDKs do: does the store take it out of its framing? */
export const framing: Check<Bench> = {
  name: 'framing',
  needs: 'written',
  run: async (bench) => {
    const { seen, upstream, written } = bench;
    if (upstream.protocol === 'http:' || !written) return [];
    const objectKey = `${bench.folder}trailer`;
    const { body } = written;
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(body));
    const trailer = `x-amz-checksum-crc32:${checksum.toString('base64')}\r\n`;
    const framed = Buffer.concat([
      Buffer.from(`${body.byteLength.toString(16)}\r\n`),
      body,
      Buffer.from(`\r\n0\r\n${trailer}\r\n`),
    ]);
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': String(body.byteLength),
      'x-amz-trailer': 'x-amz-checksum-crc32',
      'content-encoding': 'aws-chunked',
    };
    const answer = await put(bench, objectKey, { body: framed, headers });
    if (isFailure(answer)) {
      seen.trailers = false;
      return [
        {
          grade: 'note',
          found: `the store takes no trailers: ${wordsOf(answer)}`,
          meaning: 'the proxy takes bodies out of their framing for it, and checks their checksums itself',
        },
      ];
    }
    const read = await get(bench, objectKey, bench.keyOf(objectKey));
    const clean = !isFailure(read) && read.response.headers['content-encoding'] === undefined;
    seen.trailers = clean && read.body.equals(body);
    return seen.trailers
      ? [{ grade: 'fine', found: 'the store takes bodies in chunks, with trailers' }]
      : [{ grade: 'note', found: 'the store takes bodies in chunks and stores the framing with them' }];
  },
};
