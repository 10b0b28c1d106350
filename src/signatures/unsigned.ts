import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';

/** Headers that only a client with credentials sends. Body hashes are none of them: some clients send one always. */
const HEADERS = [
  'authorization',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-s3session-token',
  'x-obs-date',
  'x-obs-security-token',
] as const;
/** Of signed links, in lower case: of SigV4, SigV2 and the dialects of other stores. */
const STARTS = ['x-amz-', 'x-goog-', 'x-obs-', 'x-oss-'] as const;
const ENDS = ['accesskeyid', 'accessid', 'signature'] as const;
const EXPIRES = 'expires';

/**
 * Is there no trace of a signature? A client that sends a part of one, or one that is wrong, is not anonymous: the request is
 * judged as a signed one.
 */
export function isUnsigned(query: Query, headers: WireHeaders): boolean {
  if (HEADERS.some((name) => headers.has(name))) return false;
  return query.names.every((name) => {
    const lower = name.toLowerCase();
    const starts = STARTS.some((start) => lower.startsWith(start));
    return !starts && lower !== EXPIRES && !ENDS.some((end) => lower.endsWith(end));
  });
}

/** `attname` is OBS's way to say `response-content-disposition`. */
const CHOOSES = /^(?:response-|attname$)/i;

/**
 * Who may choose the headers of an answer could serve a page from this host's name.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: "You must sign the request"
 *
 * @throws S3Error InvalidRequest
 */
export function refuseResponseHeaders(query: Query): void {
  const chosen = query.names.some((name) => CHOOSES.test(name));
  if (!chosen) return;
  throw new S3Error(
    'InvalidRequest',
    'Request specific response headers cannot be used for anonymous GET requests.',
  );
}
