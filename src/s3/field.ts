import { S3Error } from './errors.ts';
import { trimmed } from './trim.ts';

/**
 * Names in which CGI and its kin make a dash of the underscore: `x-amz-copy_source` is a copy to such a store, and to
 * nobody else. Metadata may be named so.
 */
export const TWO_FACED =
  /^(?=.*_)(?!x-amz-meta-)(?:x[-_]amz[-_].*|content[-_].*|transfer[-_]encoding|if[-_].*|proxy[-_].*)$/s;

/** RFC 9110 §5.6.2, in lower case. */
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
/** What may stand in a value: visible characters, spaces, tabs, and the bytes above ASCII. */
const VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

/** Where a text stands that is going to be a header. */
type Origin = 'query parameter' | 'form field';

/**
 * A header made of something that did not come as one: a parameter of a link, a field of a form, a word of a store. Whatever
 * could not have come as a header is refused here, so that nothing gets past the checks that headers go through.
 *
 * @param name in lower case
 * @param text its UTF-8 bytes are the value
 * @returns the value as `WireHeaders` has it, one character a byte
 * @throws S3Error BadRequest for a name with an underscore where a dash belongs; InvalidArgument for what is not a header
 */
export function headerValue(name: string, text: string, origin: Origin): string {
  if (TWO_FACED.test(name)) throw misnamed();
  // White space around a value is not part of it. Not `trim()`, which takes the byte A0 for a space.
  const bytes = trimmed(Buffer.from(text, 'utf8').toString('latin1'));
  if (TOKEN.test(name) && VALUE.test(bytes)) return bytes;
  throw new S3Error(
    'InvalidArgument',
    `The ${origin} ${name} cannot be sent as a header: control characters and line breaks have no place in one.`,
    { fields: { ArgumentName: name } },
  );
}

export function misnamed(): S3Error {
  return new S3Error('BadRequest', 'A header is named with an underscore where a dash belongs.');
}
