import { finished } from 'node:stream/promises';
import { S3Error } from '../../src/s3/errors.ts';
import { ChunkDecoder, type ChunkOptions } from '../../src/sigv4/chunk-decoder.ts';
import { through } from '../../src/steps.ts';

export interface Decoded {
  /** What came out, one character a byte. */
  readonly data: string;
  /** Code of the S3Error that the stream failed with. */
  readonly code: string | undefined;
  readonly trailers: Readonly<Record<string, string>>;
}

/** Feeds a decoder piece by piece. Anything but an S3Error is thrown on. */
export async function decode(pieces: Iterable<Buffer>, options: ChunkOptions): Promise<Decoded> {
  const decoder = new ChunkDecoder(options);
  const stream = through(decoder);
  const out: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => out.push(bytes));
  const done = finished(stream).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof S3Error) return error.code;
      throw error;
    },
  );
  for (const piece of pieces) if (!stream.destroyed) stream.write(piece);
  if (!stream.destroyed) stream.end();
  const code = await done;
  return {
    code,
    data: Buffer.concat(out).toString('latin1'),
    trailers: Object.fromEntries(decoder.trailers),
  };
}

/** The same bytes in pieces of these sizes, the last one over and over. */
export function* split(text: string, sizes: readonly number[]): Generator<Buffer> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = Math.max(1, sizes[Math.min(index, sizes.length - 1)] ?? bytes.length);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
