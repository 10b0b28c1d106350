import { Transform } from 'node:stream';
import type { Digest } from '../../s3/digest.ts';
import type { Meter } from './data.ts';

/** A stream that passes bytes on unchanged while every digest sees them. */
export function meterWith(digests: readonly Digest[]): Meter {
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      for (const digest of digests) digest.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, size: () => size };
}
