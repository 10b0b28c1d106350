import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { ChunkEncoder, framedLength } from '../../src/sigv4/chunk-encoder.ts';
import { through } from '../../src/steps.ts';

const CHUNK = 64 * 1024;

async function framed(pieces: readonly Buffer[], trailers: ReadonlyMap<string, string>): Promise<Buffer> {
  const encoder = new ChunkEncoder(Buffer.concat(pieces).length, () => trailers);
  return await buffer(Readable.from(pieces, { objectMode: false }).pipe(through(encoder)));
}

t.test('the length is known before the body, however it comes in pieces', async (t) => {
  const trailers = new Map([['x-amz-checksum-crc32', 'AAAAAA==']]);
  const lines = [...trailers].map(([name, value]) => ({ name: name.length, value: value.length }));
  const sizes = [0, 1, 15, 16, 255, 256, 4095, 4096, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17];
  for (const size of sizes) {
    const body = randomBytes(size);
    for (const piece of [1000, CHUNK - 1, CHUNK, CHUNK + 1, 200_000]) {
      const pieces = [];
      for (let at = 0; at < size; at += piece) pieces.push(body.subarray(at, at + piece));
      const bytes = await framed(pieces, trailers);
      t.equal(bytes.length, framedLength(size, lines), `${size} in pieces of ${piece}`);
    }
  }
  t.equal((await framed([Buffer.from('abc')], new Map())).toString(), '3\r\nabc\r\n0\r\n\r\n');
  t.equal(framedLength(3, []), 13);
});

t.test('a chunk and its framing are one piece, with memory of its own', async (t) => {
  const body = randomBytes(CHUNK + 100);
  const out: Buffer[] = [];
  const encoder = new ChunkEncoder(body.length, () => new Map());
  for (let at = 0; at < body.length; at += 1000)
    encoder.take(body.subarray(at, at + 1000), (piece) => out.push(piece));
  encoder.end((piece) => out.push(piece));
  t.strictSame(
    out.map(({ length }) => length),
    [CHUNK + '10000\r\n\r\n'.length, 100 + '64\r\n\r\n'.length, '0\r\n\r\n'.length],
  );
  t.equal(out[0]?.buffer.byteLength, out[0]?.length);
});

t.test('frames no body of another length than was announced', (t) => {
  const longer = new ChunkEncoder(3, () => new Map());
  t.throws(() => longer.take(Buffer.from('four'), () => undefined), RangeError);
  for (const begun of ['', 'ab']) {
    const shorter = new ChunkEncoder(3, () => new Map());
    shorter.take(Buffer.from(begun), () => undefined);
    t.throws(() => shorter.end(() => undefined), RangeError);
  }
  t.end();
});
