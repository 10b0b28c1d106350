import type { SseKey } from '../keys/key.ts';
import { CUSTOMER_ALGORITHM, CUSTOMER_KEY_MD5 } from './headers.ts';

/** What a store's response to an injected request says about the SSE-C key. */
export type Echo = 'ours' | 'missing' | 'different';

/**
 * "If server-side encryption with a customer-provided encryption key was requested, the response will include this
 * header": the algorithm and the MD5 of the key. A store that ignores SSE-C also answers 200, but without them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html#API_PutObject_ResponseSyntax
 *
 * SeaweedFS 4.48 sends the MD5 twice when an object is read: each must be ours.
 */
export function echoOf({ rawHeaders }: { readonly rawHeaders: readonly string[] }, ssecKey: SseKey): Echo {
  let algorithms = 0;
  let keyMd5s = 0;
  let others = 0;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const value = rawHeaders[i + 1];
    if (isNamed(rawHeaders[i] as string, CUSTOMER_ALGORITHM)) {
      algorithms += 1;
      if (value !== 'AES256') others += 1;
    } else if (isNamed(rawHeaders[i] as string, CUSTOMER_KEY_MD5)) {
      keyMd5s += 1;
      if (value !== ssecKey.md5) others += 1;
    }
  }
  if (algorithms === 0 || keyMd5s === 0) return 'missing';
  return others === 0 ? 'ours' : 'different';
}

/** @param known in lower case */
function isNamed(name: string, known: string): boolean {
  return name.length === known.length && name.toLowerCase() === known;
}
