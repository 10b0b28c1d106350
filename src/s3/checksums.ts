import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './crc.ts';
import type { Digest } from './digest.ts';
import { wasmHash } from './wasm-hash.ts';

export interface ChecksumAlgorithm {
  /** Length of the value. */
  readonly bytes: number;
  readonly make: () => Digest | Promise<Digest>;
}

/** The supported `x-amz-checksum-*` algorithms: all on Amazon's list. */
export const CHECKSUMS: Readonly<Record<string, ChecksumAlgorithm>> = {
  CRC32: { bytes: 4, make: runningCrc32 },
  CRC32C: { bytes: 4, make: crc32c },
  CRC64NVME: { bytes: 8, make: crc64nvme },
  SHA1: { bytes: 20, make: () => createHash('sha1') },
  SHA256: { bytes: 32, make: () => createHash('sha256') },
  SHA512: { bytes: 64, make: () => createHash('sha512') },
  MD5: { bytes: 16, make: () => createHash('md5') },
  XXHASH64: { bytes: 8, make: () => wasmHash('XXHASH64') },
  XXHASH3: { bytes: 8, make: () => wasmHash('XXHASH3') },
  XXHASH128: { bytes: 16, make: () => wasmHash('XXHASH128') },
};

function runningCrc32(): Digest {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    digest: () => {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}
