import { SSEC_KEY_BYTES, SseKey } from '../keys/key.ts';
import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import { type End, ssecHeaderNames } from './headers.ts';

/**
 * The SSE-C key of the client's own for that end; undefined for a mere echo. s3cmd copies the algorithm and the key's
 * MD5 from the answer to a HEAD, and sends no key with them.
 *
 * Anything between the two is refused. Stores take an empty key for none, and store the object in plain.
 *
 * @param headers with at least one SSE-C header of that end
 * @throws S3Error InvalidArgument
 */
export function clientKey(end: End, headers: WireHeaders): SseKey | undefined {
  const names = ssecHeaderNames(end);
  for (const name of Object.values(names))
    if (headers.count(name) > 1) throw refused(name, `The header ${name} must be given once.`);
  const [algorithm, key, md5] = [names.algorithm, names.key, names.md5].map((name) => headers.joined(name));
  if (algorithm !== 'AES256' && (algorithm !== undefined || key !== undefined))
    throw refused(names.algorithm, `${SSEC_REQUESTS} must provide a valid encryption algorithm.`);
  if (md5?.trim() === '' || (key !== undefined && md5 === undefined))
    throw refused(names.md5, `${SSEC_REQUESTS} must provide the client calculated MD5 of the secret key.`);
  if (key === undefined) return undefined;
  const ssecKey = keyOf(key);
  if (!ssecKey) throw refused(names.key, 'The secret key was invalid for the specified algorithm.');
  if (md5 !== ssecKey.md5)
    throw refused(names.md5, 'The calculated MD5 hash of the key did not match the hash that was provided.');
  return ssecKey;
}

/** Where nothing would be encrypted without the key. */
export function keyless(end: End): S3Error {
  return refused(ssecHeaderNames(end).key, `${SSEC_REQUESTS} must provide an appropriate secret key.`);
}

/** Written in one way only: the store reads the same bytes as the proxy. */
function keyOf(base64: string): SseKey | undefined {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== SSEC_KEY_BYTES || bytes.toString('base64') !== base64) return undefined;
  return new SseKey('of the client', bytes);
}

/** S3's words, which do not repeat the value. */
const SSEC_REQUESTS = 'Requests specifying Server Side Encryption with Customer provided keys';

function refused(name: string, message: string): S3Error {
  return new S3Error('InvalidArgument', message, { fields: { ArgumentName: name } });
}
