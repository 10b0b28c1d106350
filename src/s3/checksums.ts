import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './crc.ts';

export interface Digest {
  update(chunk: Uint8Array): unknown;
  digest(): Buffer;
}

/** The `x-amz-checksum-*` algorithms that are computed here, with the length of their value in bytes. */
export const CHECKSUMS: Readonly<Record<string, { readonly bytes: number; readonly make: () => Digest }>> = {
  CRC32: { bytes: 4, make: () => running(4, (chunk, value) => BigInt(crc32(chunk, Number(value)))) },
  CRC32C: { bytes: 4, make: () => running(4, (chunk, value) => BigInt(crc32c(chunk, Number(value)))) },
  CRC64NVME: { bytes: 8, make: () => running(8, crc64nvme) },
  SHA1: { bytes: 20, make: () => createHash('sha1') },
  SHA256: { bytes: 32, make: () => createHash('sha256') },
  SHA512: { bytes: 64, make: () => createHash('sha512') },
  MD5: { bytes: 16, make: () => createHash('md5') },
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
