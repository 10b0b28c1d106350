import { createHash } from 'node:crypto';
import { isFailure, put } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';

const WRONG = Buffer.from('not the body');

/** A wrong hash of each kind, as a header of a write. */
const LIES = [
  {
    kind: 'sha256',
    of: 'x-amz-content-sha256',
    headers: { 'x-amz-content-sha256': createHash('sha256').update(WRONG).digest('hex') },
  },
  {
    kind: 'md5',
    of: 'Content-MD5',
    headers: { 'content-md5': createHash('md5').update(WRONG).digest('base64') },
  },
  { kind: 'checksums', of: 'x-amz-checksum-crc32', headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } },
] as const;

/** Sends bodies with wrong hashes: which of them does the store detect? */
export const hashes: Check<Bench> = {
  name: 'body hashes',
  needs: 'written',
  run: async (bench) => {
    const { checks } = bench.seen;
    const body = bench.written?.body ?? Buffer.alloc(1);
    for (const { kind, headers } of LIES) {
      const answer = await put(bench, `${bench.folder}${kind}`, { body, headers });
      // An error of the store itself is not a check.
      if (!isFailure(answer) || answer.status < 500) checks.set(kind, isFailure(answer));
    }
    const found = LIES.map(
      ({ kind, of }) => `${of}: ${checks.get(kind) === true ? 'checked' : 'NOT checked'}`,
    );
    return [{ grade: [...checks.values()].includes(false) ? 'note' : 'fine', found: found.join(', ') }];
  },
};
