import { createHash } from 'node:crypto';
import { checksumName } from '../s3/body-hashes.ts';
import { CHECKSUMS } from '../s3/checksums.ts';
import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Provider } from '../s3/providers.ts';
import type { Payload } from '../sigv4/payload.ts';
import type { BodyCheck } from './body-guard.ts';

/**
 * The hashes that came in the head of a request and that the store, by its row, does not check itself.
 * @param checksumOf what `x-amz-checksum-*` is about: on CompleteMultipartUpload it is the object, not the body
 * @throws S3Error InvalidDigest; NotImplemented for a checksum that neither the store nor the proxy can check
 */
export function headChecks(
  headers: WireHeaders,
  payload: Payload,
  { checks }: Provider,
  checksumOf: 'body' | 'object',
): BodyCheck[] {
  const found: BodyCheck[] = [];
  if (payload.kind === 'sha256' && !checks.sha256) found.push(sha256Check(payload.sha256));
  const md5 = headers.single('content-md5');
  if (md5 !== undefined && !checks.md5) found.push(md5Check(md5.trim()));
  if (checks.checksums || checksumOf === 'object') return found;
  for (const name of headers.names()) {
    const algorithm = checksumName(name);
    if (algorithm === undefined) continue;
    const expected = headers.single(name) ?? '';
    found.push(checksumCheck(algorithm, () => expected));
  }
  return found;
}

/** @param expected base64; asked when the body has been seen, since it may stand behind it */
export function checksumCheck(algorithm: string, expected: () => string | undefined): BodyCheck {
  const known = Object.hasOwn(CHECKSUMS, algorithm) ? CHECKSUMS[algorithm] : undefined;
  if (!known) {
    throw new S3Error(
      'NotImplemented',
      `The checksum ${algorithm} can be checked neither by this store nor by the proxy. Please use one of ${Object.keys(CHECKSUMS).join(', ')}.`,
    );
  }
  const digest = known.make();
  return {
    digest,
    verify: () => {
      if (digest.digest().toString('base64') === expected()?.trim()) return;
      throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
    },
  };
}

function sha256Check(expected: string): BodyCheck {
  const digest = createHash('sha256');
  return {
    digest,
    verify: () => {
      if (digest.digest('hex') === expected) return;
      throw new S3Error(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    },
  };
}

function md5Check(expected: string): BodyCheck {
  if (Buffer.from(expected, 'base64').length !== 16) {
    throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  const digest = createHash('md5');
  return {
    digest,
    verify: () => {
      if (digest.digest('base64') === expected) return;
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    },
  };
}
