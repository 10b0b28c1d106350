import { ownCopy } from '../../own-copy.ts';
import type { Attempt } from '../attempt.ts';

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;

export interface RequestHead {
  /** One character a byte. */
  readonly text: string;
  /** Is the body sent in chunks, since nobody knows its length? */
  readonly chunked: boolean;
}

/**
 * The head of a request, exactly as the attempt has it, with what this hop adds.
 * @throws TypeError for what would be read as something else
 */
export function requestHead({ method, path, headers, body }: Attempt): RequestHead {
  if (!TOKEN.test(method) || !TARGET.test(path))
    throw new TypeError('the request line has an invalid character');
  let text = `${method} ${path} HTTP/1.1`;
  for (const name in headers) {
    const value = headers[name] as string;
    // The value may be a secret.
    if (!VALUE.test(value)) throw invalid();
    text += beginningOf(name) + value;
  }
  if (headers.connection === undefined) text += '\r\nconnection: keep-alive';
  const chunked = body !== undefined && headers['content-length'] === undefined;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (coding !== 'chunked' || !chunked))
    throw new TypeError('the headers say something else of the body than what is sent');
  if (chunked && coding === undefined) text += '\r\ntransfer-encoding: chunked';
  return { text: `${text}\r\n\r\n`, chunked };
}

/** Names of headers that are valid → how their lines begin, behind the end of the line before. */
const beginnings = new Map<string, string>();
const MOST_NAMES = 256;
/** Longer names are not kept. */
const LONGEST_NAME = 64;

function beginningOf(name: string): string {
  const known = beginnings.get(name);
  if (known !== undefined) return known;
  if (!TOKEN.test(name)) throw invalid();
  const beginning = `\r\n${name}: `;
  if (name.length > LONGEST_NAME) return beginning;
  // Strange names don't stay for good: those that are used come back at once.
  if (beginnings.size === MOST_NAMES) beginnings.clear();
  beginnings.set(ownCopy(name), ownCopy(beginning));
  return beginning;
}

function invalid(): TypeError {
  return new TypeError('a header has an invalid character');
}
