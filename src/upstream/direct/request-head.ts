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
  let text = `${method} ${path} HTTP/1.1\r\n`;
  for (const name in headers) {
    const value = headers[name] as string;
    // The value may be a secret.
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new TypeError('a header has an invalid character');
    text += `${name}: ${value}\r\n`;
  }
  if (headers.connection === undefined) text += 'connection: keep-alive\r\n';
  const chunked = body !== undefined && headers['content-length'] === undefined;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (coding !== 'chunked' || !chunked))
    throw new TypeError('the headers say something else of the body than what is sent');
  if (chunked && coding === undefined) text += 'transfer-encoding: chunked\r\n';
  return { text: `${text}\r\n`, chunked };
}
