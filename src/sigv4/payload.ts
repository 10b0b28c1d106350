import { S3Error } from '../s3/errors.ts';

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
export const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/** The framing of a body, and what the signature covers of it. */
export type Payload =
  | { readonly kind: 'unsigned' }
  /** 64 hex digits in lower case. */
  | { readonly kind: 'sha256'; readonly sha256: string }
  /** A body in the framing of aws-chunked. */
  | { readonly kind: 'chunked'; readonly signed: boolean; readonly trailers: boolean };

const UNSIGNED: Payload = { kind: 'unsigned' };
const PAYLOADS: ReadonlyMap<string, Payload> = new Map<string, Payload>([
  [UNSIGNED_PAYLOAD, UNSIGNED],
  [UNSIGNED_TRAILER, { kind: 'chunked', signed: false, trailers: true }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { kind: 'chunked', signed: true, trailers: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { kind: 'chunked', signed: true, trailers: true }],
]);

/**
 * Reads `x-amz-content-sha256`: a SHA-256 in hex or one of the names above. Without the header a body is unsigned.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 *
 * @throws S3Error NotImplemented for the values of SigV4A, InvalidArgument for anything else
 */
export function payloadOf(value: string | undefined): Payload {
  if (value === undefined) return UNSIGNED;
  if (value === read.value) return read.payload;
  const payload = PAYLOADS.get(value) ?? sha256Of(value);
  if (payload) {
    read = { value, payload };
    return payload;
  }
  if (value.startsWith('STREAMING-AWS4-ECDSA-')) {
    throw new S3Error(
      'NotImplemented',
      'Signature version 4A is not implemented. Please use AWS4-HMAC-SHA256.',
    );
  }
  throw new S3Error(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    { fields: { ArgumentName: 'x-amz-content-sha256' } },
  );
}

/** What was read last: each request has its value read twice, and most have that of the one before. */
let read: { readonly value: string; readonly payload: Payload } = {
  value: UNSIGNED_PAYLOAD,
  payload: UNSIGNED,
};

function sha256Of(value: string): Payload | undefined {
  return /^[0-9a-f]{64}$/i.test(value) ? { kind: 'sha256', sha256: value.toLowerCase() } : undefined;
}
