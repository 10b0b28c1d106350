import type { SseKey } from '../keys/key.ts';
import { lowerCase } from '../lower-case.ts';
import type { WireHeaders } from '../s3/headers.ts';

/** The prefix of every header of server-side encryption, also of SSE-S3 and SSE-KMS. */
export const SSE_PREFIX = 'x-amz-server-side-encryption';
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-s3-c-encryption.html */
const TARGET_PREFIX = `${SSE_PREFIX}-customer-`;
const SOURCE_PREFIX = `x-amz-copy-source-server-side-encryption-customer-`;

export const CUSTOMER_ALGORITHM = `${TARGET_PREFIX}algorithm`;
export const CUSTOMER_KEY_MD5 = `${TARGET_PREFIX}key-md5`;

/** The object of a request that an SSE-C key is for: the target, or the source of a copy. */
export type End = 'target' | 'source';

const PREFIX: Readonly<Record<End, string>> = { target: TARGET_PREFIX, source: SOURCE_PREFIX };

/** The names of the three SSE-C headers of one end, in lower case. */
interface SsecNames {
  readonly algorithm: string;
  readonly key: string;
  readonly md5: string;
}

function namesOf(prefix: string): SsecNames {
  return { algorithm: `${prefix}algorithm`, key: `${prefix}key`, md5: `${prefix}key-md5` };
}

const NAMES: Readonly<Record<End, SsecNames>> = {
  target: namesOf(TARGET_PREFIX),
  source: namesOf(SOURCE_PREFIX),
};

/** Adds the three headers that give the store an SSE-C key; names in lower case. @throws Error for a key that is damaged */
export function addSsecHeaders(headers: Record<string, string>, end: End, ssecKey: SseKey): void {
  ssecKey.requireWhole();
  const names = NAMES[end];
  headers[names.algorithm] = 'AES256';
  headers[names.key] = ssecKey.base64;
  headers[names.md5] = ssecKey.md5;
}

/** The same three alone. */
export function ssecHeaders(end: End, ssecKey: SseKey): Record<string, string> {
  const headers: Record<string, string> = {};
  addSsecHeaders(headers, end, ssecKey);
  return headers;
}

/** Is this one of the three SSE-C headers of that end? `name` in lower case. */
export function isSsecHeader(end: End, name: string): boolean {
  return name.startsWith(PREFIX[end]);
}

/** The names of the three SSE-C headers of that end. */
export function ssecHeaderNames(end: End): SsecNames {
  return NAMES[end];
}

/** Did the client send any of the SSE-C headers of that end? What they say, `clientKey` finds out. */
export function hasSsecHeader(end: End, headers: WireHeaders): boolean {
  const { algorithm, key, md5 } = NAMES[end];
  return headers.has(key) || headers.has(algorithm) || headers.has(md5);
}

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
    const name = lowerCase(rawHeaders[i] as string);
    const value = rawHeaders[i + 1];
    if (name === CUSTOMER_ALGORITHM) {
      algorithms += 1;
      if (value !== 'AES256') others += 1;
    } else if (name === CUSTOMER_KEY_MD5) {
      keyMd5s += 1;
      if (value !== ssecKey.md5) others += 1;
    }
  }
  if (algorithms === 0 || keyMd5s === 0) return 'missing';
  return others === 0 ? 'ours' : 'different';
}
