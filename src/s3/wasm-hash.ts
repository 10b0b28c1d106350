import type { IHasher } from 'hash-wasm';
import type { Digest } from './digest.ts';

type Library = typeof import('hash-wasm');
type Algorithm = keyof typeof MAKERS;

/** CRC-32C: Castagnoli's polynomial, reflected. https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const CASTAGNOLI = 0x82f63b78;
/** CRC-64/NVME, reflected: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-64-nvme */
const NVME = '9a6c9329ac4bc9b5';

/** xxHash with seed 0. https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
const MAKERS = {
  CRC32C: ({ createCRC32 }: Library) => createCRC32(CASTAGNOLI),
  CRC64NVME: ({ createCRC64 }: Library) => createCRC64(NVME),
  XXHASH64: ({ createXXHash64 }: Library) => createXXHash64(),
  XXHASH3: ({ createXXHash3 }: Library) => createXXHash3(),
  XXHASH128: ({ createXXHash128 }: Library) => createXXHash128(),
};

/** Loaded instances of WebAssembly stay: one per algorithm, up to 7 MiB with its code. */
const hashers = new Map<Algorithm, Promise<IHasher>>();

/**
 * A hash that Node does not have, in the canonical (big-endian) order of its bytes, as in S3. Nothing is loaded before the
 * first body that needs it.
 *
 * Every instance of WebAssembly reserves 8 GiB of addresses, so all bodies of an algorithm share one and keep what is
 * theirs, 8 to 580 bytes, between their pieces.
 */
export async function wasmHash(algorithm: Algorithm): Promise<Digest> {
  const hasher = await hasherOf(algorithm);
  let state = hasher.init().save();
  return {
    update: (chunk) => {
      state = hasher.load(state).update(chunk).save();
    },
    digest: () => Buffer.from(hasher.load(state).digest('binary')),
  };
}

function hasherOf(algorithm: Algorithm): Promise<IHasher> {
  const loading = hashers.get(algorithm) ?? import('hash-wasm').then(MAKERS[algorithm]);
  hashers.set(algorithm, loading);
  return loading;
}
