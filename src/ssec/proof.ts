import type { IncomingMessage } from 'node:http';
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
export function echoOf({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>, ssecKey: SseKey): Echo {
  const algorithms = headersDistinct[CUSTOMER_ALGORITHM];
  const keyMd5s = headersDistinct[CUSTOMER_KEY_MD5];
  if (algorithms === undefined || keyMd5s === undefined) return 'missing';
  return isAll(algorithms, 'AES256') && isAll(keyMd5s, ssecKey.md5) ? 'ours' : 'different';
}

function isAll(values: readonly string[], expected: string): boolean {
  for (const value of values) if (value !== expected) return false;
  return true;
}
