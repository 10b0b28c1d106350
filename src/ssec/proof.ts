import type { IncomingMessage } from 'node:http';
import type { SseKey } from '../keys/key.ts';
import { CUSTOMER_ALGORITHM, CUSTOMER_KEY_MD5 } from './headers.ts';

/** What a store's answer to an injected request says of the SSE-C key that it used. */
export type Echo = 'ours' | 'missing' | 'different';

/**
 * "If server-side encryption with a customer-provided encryption key was requested, the response will include this
 * header": the algorithm and the MD5 of the key. A store that ignores SSE-C answers 200 all the same, without them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html#API_PutObject_ResponseSyntax
 */
export function echoOf({ headers }: IncomingMessage, ssecKey: SseKey): Echo {
  const algorithm = headers[CUSTOMER_ALGORITHM];
  const keyMd5 = headers[CUSTOMER_KEY_MD5];
  if (algorithm === undefined || keyMd5 === undefined) return 'missing';
  return algorithm === 'AES256' && keyMd5 === ssecKey.md5 ? 'ours' : 'different';
}
