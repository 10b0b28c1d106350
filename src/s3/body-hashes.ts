import { createHash } from 'node:crypto';
import { CHECKSUMS } from './checksums.ts';
import { S3Error } from './errors.ts';
import type { WireHeaders } from './headers.ts';

/**
 * Checks a whole body against every hash that came with it: `x-amz-content-sha256`, `Content-MD5` and
 * `x-amz-checksum-*`.
 *
 * @throws S3Error XAmzContentSHA256Mismatch, BadDigest; NotImplemented for an unknown algorithm
 */
export async function checkBodyHashes(headers: WireHeaders, body: Buffer): Promise<void> {
  const sha256 = headers.single('x-amz-content-sha256')?.toLowerCase();
  if (
    sha256 !== undefined &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    hash('sha256', body).toString('hex') !== sha256
  ) {
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const md5 = headers.single('content-md5');
  if (md5 !== undefined && hash('md5', body).toString('base64') !== md5.trim()) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  for (const name of headers.names()) {
    const algorithm = checksumName(name);
    if (algorithm !== undefined) await checkChecksum(algorithm, headers.single(name) ?? '', body);
  }
}

/** `x-amz-checksum-crc32` → `CRC32`; undefined for any other header. */
export function checksumName(header: string): string | undefined {
  const match = /^x-amz-checksum-(?!algorithm$|type$|mode$)([a-z0-9]+)$/.exec(header);
  return match?.[1]?.toUpperCase();
}

async function checkChecksum(algorithm: string, value: string, body: Buffer): Promise<void> {
  const known = Object.hasOwn(CHECKSUMS, algorithm) ? CHECKSUMS[algorithm] : undefined;
  if (!known)
    throw new S3Error('NotImplemented', `This proxy does not support the checksum algorithm ${algorithm}.`);
  const digest = await known.make();
  digest.update(body);
  if (digest.digest().toString('base64') !== value.trim()) {
    throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
}

function hash(algorithm: 'md5' | 'sha256', body: Buffer): Buffer {
  return createHash(algorithm).update(body).digest();
}
