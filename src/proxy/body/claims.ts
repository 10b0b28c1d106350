import { createHash } from 'node:crypto';
import { checksumName, md5Mismatch, requireChecksumValue, sha256Mismatch } from '../../s3/body-hashes.ts';
import { CHECKSUMS } from '../../s3/checksums.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Provider } from '../../s3/providers.ts';
import type { Payload } from '../../sigv4/payload.ts';
import type { BodyClaim } from './guard.ts';

/**
 * The hashes that came in the head of a request and that the store does not check itself. All are of the
 * body behind the framing: that is what S3, MinIO and Ceph take `Content-MD5` for.
 * @param checks what it checks
 * @param checksumOf what `x-amz-checksum-*` is about: on CompleteMultipartUpload it is the object, not the body
 * @throws S3Error InvalidDigest; InvalidRequest for several checksums or a value that is none; NotImplemented for a checksum that neither the store nor the proxy can check
 */
export function headClaims(
  headers: WireHeaders,
  payload: Payload,
  checks: Provider['checks'],
  checksumOf: 'body' | 'object',
): BodyClaim[] {
  const found: BodyClaim[] = [];
  if (payload.kind === 'sha256' && !checks.sha256) found.push(sha256Claim(payload.sha256));
  const md5 = headers.single('content-md5');
  if (md5 !== undefined && !checks.md5) found.push(md5Claim(md5.trim()));
  if (checks.checksums || checksumOf === 'object') return found;
  const [first, ...more] = [...headers.names()].filter((name) => checksumName(name) !== undefined);
  if (first === undefined) return found;
  if (more.length > 0) throw several();
  const algorithm = checksumName(first) ?? '';
  const expected = headers.single(first)?.trim() ?? '';
  const claim = checksumClaim(algorithm, () => expected);
  requireChecksumValue(algorithm, expected);
  return [...found, claim];
}

function several(): S3Error {
  return new S3Error(
    'InvalidRequest',
    'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
  );
}

/** @param expected base64; asked when the body has been seen, since it may stand behind it */
export function checksumClaim(algorithm: string, expected: () => string | undefined): BodyClaim {
  const known = Object.hasOwn(CHECKSUMS, algorithm) ? CHECKSUMS[algorithm] : undefined;
  if (!known) {
    throw new S3Error(
      'NotImplemented',
      `The checksum ${algorithm} can be checked neither by this store nor by the proxy. Please use one of ${Object.keys(CHECKSUMS).join(', ')}.`,
    );
  }
  return {
    make: known.make,
    verify: (digest) => {
      const said = expected()?.trim() ?? '';
      if (digest.toString('base64') === said) return;
      requireChecksumValue(algorithm, said);
      throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
    },
  };
}

function sha256Claim(expected: string): BodyClaim {
  return {
    make: () => createHash('sha256'),
    verify: (digest) => {
      const computed = digest.toString('hex');
      if (computed !== expected) throw sha256Mismatch(expected, computed);
    },
  };
}

function md5Claim(expected: string): BodyClaim {
  if (Buffer.from(expected, 'base64').length !== 16) {
    throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
      fields: { 'Content-MD5': expected },
    });
  }
  return {
    make: () => createHash('md5'),
    verify: (digest) => {
      const computed = digest.toString('base64');
      if (computed !== expected) throw md5Mismatch(expected, computed);
    },
  };
}
