import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './crc.ts';
import type { Digest } from './digest.ts';
import { xxhash } from './xxhash.ts';

export interface ChecksumAlgorithm {
  /** Length of the value. */
  readonly bytes: number;
  readonly make: () => Digest | Promise<Digest>;
}

/** The supported `x-amz-checksum-*` algorithms: all on Amazon's list. */
export const CHECKSUMS: Readonly<Record<string, ChecksumAlgorithm>> = {
  CRC32: { bytes: 4, make: () => running(4, (chunk, value) => BigInt(crc32(chunk, Number(value)))) },
  CRC32C: { bytes: 4, make: () => running(4, (chunk, value) => BigInt(crc32c(chunk, Number(value)))) },
  CRC64NVME: { bytes: 8, make: () => running(8, crc64nvme) },
  SHA1: { bytes: 20, make: () => createHash('sha1') },
  SHA256: { bytes: 32, make: () => createHash('sha256') },
  SHA512: { bytes: 64, make: () => createHash('sha512') },
  MD5: { bytes: 16, make: () => createHash('md5') },
  XXHASH64: { bytes: 8, make: () => xxhash('createXXHash64') },
  XXHASH3: { bytes: 8, make: () => xxhash('createXXHash3') },
  XXHASH128: { bytes: 16, make: () => xxhash('createXXHash128') },
};

function running(bytes: 4 | 8, step: (chunk: Uint8Array, value: bigint) => bigint): Digest {
  let value = 0n;
  return {
    update: (chunk) => {
      value = step(chunk, value);
    },
    digest: () => Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex'),
  };
}
