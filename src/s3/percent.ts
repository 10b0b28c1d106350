import { S3Error } from './errors.ts';

const HEX = '0123456789ABCDEF';

/** `%XX` of every byte except the unreserved `A-Za-z0-9-._~`, as in SigV4's UriEncode. */
const ENCODED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return /[A-Za-z0-9\-._~]/.test(char) ? char : `%${HEX[byte >> 4]}${HEX[byte & 15]}`;
});

const UNRESERVED = /^[A-Za-z0-9\-._~]*$/;
/** Characters that do not decode to themselves. */
const ESCAPE_OR_BYTE = /[%\u0080-\uFFFF]/;
/** A path that changes neither when it is decoded nor when it is encoded. */
export const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/;

/**
 * UriEncode of SigV4 over the UTF-8 bytes of `text`; upper-case hex digits.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function encodeComponent(text: string): string {
  return UNRESERVED.test(text) ? text : encodeBytes(text);
}

/** The same, except that `/` stays: for object keys in a path. */
export function encodePath(text: string): string {
  return PLAIN_PATH.test(text) ? text : text.split('/').map(encodeComponent).join('/');
}

/**
 * Decodes `%XX` to text. `plusIsSpace` holds in a query only: in a path a `+` is a plus (RFC 3986).
 *
 * @param raw one character per byte, as Node provides targets and headers; it may contain unescaped UTF-8.
 * @throws S3Error InvalidURI when a `%` does not begin an escape, or the bytes are not valid UTF-8.
 */
export function decodePercent(raw: string, { plusIsSpace }: { plusIsSpace: boolean }): string {
  const text = plusIsSpace ? raw.replaceAll('+', ' ') : raw;
  if (!ESCAPE_OR_BYTE.test(text)) return text;
  if (/[\u0100-\uFFFF]/.test(text)) throw invalid('characters that are not bytes');
  if (text.includes('%00')) throw invalid('a NUL byte');
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw invalid('a "%" that does not begin a two-digit escape');
  try {
    return decodeURIComponent(BEYOND_ASCII.test(text) ? text.replace(EACH_BEYOND_ASCII, escaped) : text);
  } catch (cause) {
    throw invalid('bytes that are not valid UTF-8', cause);
  }
}

const BEYOND_ASCII = /[\u0080-\u00FF]/;
const EACH_BEYOND_ASCII = /[\u0080-\u00FF]/g;

/** @param char one that stands for a byte */
function escaped(char: string): string {
  return ENCODED[char.charCodeAt(0)] as string;
}

function encodeBytes(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) encoded += ENCODED[byte];
  return encoded;
}

function invalid(what: string, cause?: unknown): S3Error {
  return new S3Error('InvalidURI', `Couldn't parse the specified URI: it has ${what}.`, { cause });
}
