import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { BodyGuard } from '../../../src/proxy/body/guard.ts';
import { throughCopying } from '../../../src/proxy/body/through-copying.ts';
import { ChunkDecoder } from '../../../src/sigv4/chunk-decoder.ts';
import { ChunkEncoder } from '../../../src/sigv4/chunk-encoder.ts';
import type { Step } from '../../../src/steps.ts';

const CHUNK = 64 * 1024;
const NAME = 'x-amz-checksum-crc32';
const TRAILER = `${NAME}:AAAAAA==\r\n`;

/** A body from a socket, with every piece of it. */
async function received(t: Test, sent: Buffer): Promise<{ body: IncomingMessage; pieces: Buffer[] }> {
  const server = http.createServer((_request, response) => response.end(sent)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [body] = (await once(http.get({ port: (server.address() as AddressInfo).port }), 'response')) as [
    IncomingMessage,
  ];
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const pieces: Buffer[] = [];
  body.on('data', (piece: Buffer) => pieces.push(piece)).pause();
  return { body, pieces };
}

/** In chunks of so many bytes, in turn. */
function inChunks(data: Buffer, sizes: readonly number[]): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < data.length; turn += 1) {
    const chunk = data.subarray(at, at + (sizes[turn % sizes.length] ?? CHUNK));
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
    at += chunk.length;
  }
  return Buffer.concat([...chunks, Buffer.from(`0\r\n${TRAILER}\r\n`)]);
}

function steps(length: number): readonly Step[] {
  const decoder = new ChunkDecoder({ decodedLength: length, signatures: undefined, trailers: [NAME] });
  return [decoder, new BodyGuard(length, []), new ChunkEncoder(length, () => decoder.trailers)];
}

t.test(
  'what came off a socket is freed when it went through, and every byte of it went through',
  async (t) => {
    const data = randomBytes(2 * 1024 * 1024 + 17);
    const { body, pieces } = await received(t, inChunks(data, [CHUNK]));
    const out = await buffer(body.pipe(throughCopying(body, ...steps(data.length))));
    t.ok(out.equals(inChunks(data, [CHUNK])));
    const held = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    t.ok(pieces.length > 10 && held < 4 * CHUNK, `${held} bytes of ${pieces.length} pieces are still held`);
  },
);

t.test('so it is with chunks and pieces of whatever sizes', async (t) => {
  const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 4000, max: 70_000 }));
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 300_000 }),
    fc.array(size, { minLength: 1, maxLength: 5 }),
    fc.array(size, { minLength: 1, maxLength: 5 }),
    async (length, chunks, cuts) => {
      const data = randomBytes(length);
      const framed = inChunks(data, chunks);
      // Each has memory of its own, as what comes off a socket; `through` knows by the kind of the stream.
      const source = new http.IncomingMessage(undefined as never);
      for (let at = 0, turn = 0; at < framed.length; turn += 1) {
        const piece = framed.subarray(at, at + (cuts[turn % cuts.length] ?? CHUNK));
        const own = Buffer.allocUnsafeSlow(piece.length);
        own.set(piece);
        source.push(own);
        at += piece.length;
      }
      source.push(null);
      const out = await buffer(source.pipe(throughCopying(source, ...steps(length))));
      return out.equals(inChunks(data, [CHUNK]));
    },
  );
  await t.resolves(fc.assert(property, { numRuns: 60 }));
});

t.test('what is in memory stays there', async (t) => {
  const framed = inChunks(randomBytes(3 * CHUNK), [CHUNK]);
  const own = Buffer.allocUnsafeSlow(framed.length);
  own.set(framed);
  const source = Readable.from([own], { objectMode: false });
  await buffer(source.pipe(throughCopying(source, ...steps(3 * CHUNK))));
  t.ok(own.equals(framed));
});
