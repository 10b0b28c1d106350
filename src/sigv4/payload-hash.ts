import { S3Error } from '../s3/errors.ts';

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/**
 * Checks the value of `x-amz-content-sha256`: the SHA-256 of the body in hex, or UNSIGNED-PAYLOAD.
 *
 * @throws S3Error NotImplemented for the streaming values, whose framing would be stored as data if it went through
 *   undecoded; InvalidArgument for anything else
 */
export function checkPayloadHash(value: string): string {
  if (value === UNSIGNED_PAYLOAD || /^[0-9a-f]{64}$/i.test(value)) return value;
  if (value.startsWith('STREAMING-')) {
    throw new S3Error(
      'NotImplemented',
      `Streaming bodies (x-amz-content-sha256: ${printable(value)}) are not implemented. Please send the body with its SHA-256 or as UNSIGNED-PAYLOAD.`,
    );
  }
  throw new S3Error(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- value or a valid sha256 value.',
    { fields: { ArgumentName: 'x-amz-content-sha256' } },
  );
}

function printable(value: string): string {
  return value.slice(0, 64).replace(/[^A-Za-z0-9-]/g, '?');
}
