import { createHash, timingSafeEqual } from 'node:crypto';
import { CHECKSUMS, type ChecksumAlgorithm } from '../s3/checksums.ts';
import type { Digest } from '../s3/digest.ts';
import { S3Error } from '../s3/errors.ts';
import { type Call, headerOf } from './call.ts';
import type { Checksum } from './store/model.ts';

/** The checks of a body while it streams. */
export interface Checks {
  readonly digests: readonly Digest[];
  /** Call it when all bytes have been seen. @throws S3Error when they are not what the request said */
  readonly finish: () => { md5: string; checksum: Checksum | undefined };
}

/** The digests of a request's body and their expected values. */
export async function checks(
  call: Call,
  wanted: string | undefined,
  checksumOf: 'body' | 'object' = 'body',
): Promise<Checks> {
  const md5 = createHash('md5');
  const sha256 = payloadHash(call);
  const given = checksumOf === 'body' ? checksumHeader(call) : undefined;
  requireAnnounced(call, given);
  const checksum = await checksumDigest(given, wanted);
  const expectedMd5 = contentMd5(call);
  return {
    digests: [md5, sha256?.digest, checksum?.digest].filter((digest) => digest !== undefined),
    finish: () => {
      const actualMd5 = md5.digest();
      if (expectedMd5 && !timingSafeEqual(expectedMd5, actualMd5)) {
        throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
      }
      sha256?.verify();
      return { md5: actualMd5.toString('hex'), checksum: checksum?.verify() };
    },
  };
}

/** The checksum header of a request: `x-amz-checksum-<algorithm>`, of which there may be one. */
export function checksumHeader(call: Call): { algorithm: string; value: string } | undefined {
  const found = Object.keys(call.headers).filter(
    (name) => name.startsWith('x-amz-checksum-') && !/-(?:algorithm|type|mode)$/.test(name),
  );
  const [name] = found;
  if (name === undefined) return undefined;
  if (found.length > 1) {
    throw new S3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  return { algorithm: name.slice('x-amz-checksum-'.length).toUpperCase(), value: headerOf(call, name) ?? '' };
}

function payloadHash(call: Call): { digest: Digest; verify: () => void } | undefined {
  const declared = headerOf(call, 'x-amz-content-sha256')?.toLowerCase();
  if (declared === undefined || !/^[0-9a-f]{64}$/.test(declared)) return undefined;
  const digest = createHash('sha256');
  return {
    digest,
    verify: () => {
      const actual = digest.digest('hex');
      if (actual === declared) return;
      throw new S3Error(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { fields: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: actual } },
      );
    },
  };
}

function contentMd5(call: Call): Buffer | undefined {
  // An empty one is not an MD5 either.
  const header = call.headers['content-md5']?.toString();
  if (header === undefined) return undefined;
  const bytes = Buffer.from(header, 'base64');
  if (bytes.length === 16 && bytes.toString('base64') === header) return bytes;
  throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
    fields: { 'Content-MD5': header },
  });
}

/** A client that names an algorithm without a value has lost the value. */
function requireAnnounced(call: Call, given: { algorithm: string } | undefined): void {
  const announced = headerOf(call, 'x-amz-sdk-checksum-algorithm');
  const trailer = `x-amz-checksum-${announced?.toLowerCase()}`;
  const trailing = headerOf(call, 'x-amz-trailer')?.toLowerCase() === trailer;
  if (announced === undefined || trailing || given?.algorithm === announced.toUpperCase()) return;
  throw new S3Error(
    'InvalidRequest',
    'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
  );
}

async function checksumDigest(
  given: { algorithm: string; value: string } | undefined,
  wanted: string | undefined,
): Promise<{ digest: Digest; verify: () => Checksum } | undefined> {
  const algorithm = given?.algorithm ?? wanted;
  if (algorithm === undefined) return undefined;
  const known = checksumKind(algorithm);
  if (given && Buffer.from(given.value, 'base64').length !== known.bytes) {
    throw new S3Error(
      'InvalidRequest',
      `Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`,
    );
  }
  const digest = await known.make();
  return {
    digest,
    verify: () => {
      const value = digest.digest().toString('base64');
      if (given && given.value !== value) {
        throw new S3Error(
          'BadDigest',
          `The ${algorithm} you specified did not match the calculated checksum.`,
        );
      }
      return { algorithm, value, type: 'FULL_OBJECT' };
    },
  };
}

/** @throws S3Error for an algorithm that S3 or the sandbox doesn't know. */
export function checksumKind(algorithm: string): ChecksumAlgorithm {
  const known = Object.hasOwn(CHECKSUMS, algorithm) ? CHECKSUMS[algorithm] : undefined;
  if (known) return known;
  throw new S3Error('NotImplemented', `The sandbox can't compute the checksum algorithm ${algorithm}.`);
}
