import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createCRC32, createCRC64 } from 'hash-wasm';
import t from 'tap';
import { CHECKSUMS } from '../../src/s3/checksums.ts';

/** A CRC bit by bit, as its catalogue defines it: reflected, begun and ended with ones. */
function crc(bytes: Uint8Array, polynomial: bigint, width: 32 | 64): string {
  const ones = (1n << BigInt(width)) - 1n;
  let value = ones;
  for (const byte of bytes) {
    value ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
  }
  return (value ^ ones).toString(16).padStart(width / 4, '0');
}

const POLYNOMIALS: Readonly<Record<string, readonly [polynomial: bigint, width: 32 | 64]>> = {
  CRC32: [0xedb88320n, 32],
  CRC32C: [0x82f63b78n, 32],
  CRC64NVME: [0x9a6c9329ac4bc9b5n, 64],
};

t.test('computes the CRCs of their definitions, whatever the pieces, and of two bodies in turn', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 6 });
  for (const [name, [polynomial, width]] of Object.entries(POLYNOMIALS)) {
    await fc.assert(
      fc.asyncProperty(pieces, pieces, async (one, other) => {
        const digests = [await CHECKSUMS[name]?.make(), await CHECKSUMS[name]?.make()];
        for (let at = 0; at < Math.max(one.length, other.length); at += 1)
          for (const [index, body] of [one, other].entries()) {
            const piece = body[at];
            if (piece !== undefined) digests[index]?.update(piece);
          }
        return [one, other].every(
          (body, index) =>
            digests[index]?.digest().toString('hex') === crc(Buffer.concat(body), polynomial, width),
        );
      }),
    );
  }
});

/** Such as are in one braid, or one word, or none, and such as are in several pieces of the memory that they go into. */
const LENGTHS = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 16_000, max: 17_000 }),
  fc.integer({ min: 65_530, max: 65_640 }),
  fc.integer({ min: 131_000, max: 200_000 }),
);

t.test('computes the CRCs that another library computes, of pieces of whatever sizes', async (t) => {
  const others = {
    CRC32C: await createCRC32(0x82f63b78),
    CRC64NVME: await createCRC64('9a6c9329ac4bc9b5'),
  };
  const bytes = randomBytes(200_000);
  for (const [name, other] of Object.entries(others)) {
    const property = fc.asyncProperty(
      fc.array(fc.tuple(LENGTHS, fc.nat(16)), { minLength: 1, maxLength: 8 }),
      async (cuts) => {
        const digest = await CHECKSUMS[name]?.make();
        other.init();
        for (const [length, from] of cuts) {
          digest?.update(bytes.subarray(from, from + length));
          other.update(bytes.subarray(from, from + length));
        }
        return digest?.digest().toString('hex') === other.digest('hex');
      },
    );
    await t.resolves(fc.assert(property, { numRuns: 300 }));
  }
});
