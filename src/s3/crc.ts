import {
  BRAID_TABLES_AT,
  BRAIDS,
  type Crcs,
  crcInstance,
  DATA_AT,
  DATA_BYTES,
  WORD_TABLES_AT,
} from './crc-module.ts';
import type { Digest } from './digest.ts';

/** A CRC that begins with ones, ends inverted, and whose bits are reflected. */
interface Crc {
  readonly bits: 32 | 64;
  /** Reflected. */
  readonly polynomial: bigint;
}

/** https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const CRC32C: Crc = { bits: 32, polynomial: 0x82f63b78n };
/** https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-64-nvme */
const CRC64NVME: Crc = { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n };

export const crc32c = digests(CRC32C);
export const crc64nvme = digests(CRC64NVME);

/** Makes digests in the order of bytes that S3 has, the highest first. Nothing is compiled before the first of them. */
function digests({ bits, polynomial }: Crc): () => Digest {
  // One for all bodies: each instance of WebAssembly reserves 8 GiB of addresses.
  let instance: Crcs | undefined;
  return () => {
    instance ??= instantiate(polynomial);
    const { memory, update } = instance;
    const data = new Uint8Array(memory.buffer, DATA_AT, DATA_BYTES);
    let remainder = BigInt.asUintN(bits, -1n);
    return {
      update: (bytes) => {
        for (let at = 0; at < bytes.length; at += DATA_BYTES) {
          const piece = bytes.length > DATA_BYTES ? bytes.subarray(at, at + DATA_BYTES) : bytes;
          data.set(piece);
          remainder = update(remainder, DATA_AT, DATA_AT + piece.length);
        }
      },
      digest: () => {
        const value = Buffer.alloc(8);
        value.writeBigUInt64BE(BigInt.asUintN(bits, ~remainder));
        return value.subarray(-bits / 8);
      },
    };
  };
}

function instantiate(polynomial: bigint): Crcs {
  const { memory, update } = crcInstance();
  const tables = new DataView(memory.buffer);
  // What is left of each byte when nothing has followed, then one byte more, and so on.
  const first = Array.from({ length: 256 }, (_, byte) => remainderOf(BigInt(byte), polynomial));
  let table: readonly bigint[] = first;
  const followed = (): void => {
    table = table.map((remainder) => (remainder >> 8n) ^ (first[Number(remainder & 0xffn)] as bigint));
  };
  const write = (at: number): void => {
    for (const [byte, remainder] of table.entries()) tables.setBigUint64(at + byte * 8, remainder, true);
  };
  for (let place = 7; place >= 0; place -= 1, followed()) write(WORD_TABLES_AT + place * 256 * 8);
  // A word of this braid is followed by the ones of the others.
  for (let bytes = 8; bytes < 8 * (BRAIDS - 1); bytes += 1) followed();
  for (let place = 7; place >= 0; place -= 1, followed()) write(BRAID_TABLES_AT + place * 256 * 8);
  return { memory, update };
}

/** @param byte what is divided, followed by 8 zeros */
function remainderOf(byte: bigint, polynomial: bigint): bigint {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1)
    remainder = (remainder & 1n) === 1n ? (remainder >> 1n) ^ polynomial : remainder >> 1n;
  return remainder;
}
