import fc from 'fast-check';

/** What has gone wrong in object keys before: separators, dots, escapes, markers of URLs, plus and space, Unicode. */
const AWKWARD: readonly string[] = [
  ...'/ // . .. ./ ../ % %2F + # ? & = ; : @ * " ( ) ! ~ ^ | { } \\ < > [ ] ` $ ,'.split(' '),
  ..."' é e\u0301 ß 日本 😀 \u200B \uFEFF \u00A0 \u2028 \uFFFD \t \u0001".split(' '),
  ' ',
];

const CHARACTER = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...AWKWARD) },
  { weight: 3, arbitrary: fc.constantFrom(...'abcXYZ019-_'.split('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);

/** Object keys of valid Unicode, up to 1024 bytes, full of what is awkward in a URL. */
export const objectKeys: fc.Arbitrary<string> = fc
  .array(CHARACTER, { minLength: 1, maxLength: 40 })
  .map((parts) => parts.join(''))
  .filter((objectKey) => isText(objectKey) && Buffer.byteLength(objectKey) <= 1024);

/** Bucket names that are good in a path and in a host name. */
export const bucketNames: fc.Arbitrary<string> = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/);

/** Text for names and values in a query. */
export const queryText: fc.Arbitrary<string> = fc
  .array(CHARACTER, { maxLength: 12 })
  .map((parts) => parts.join(''))
  .filter(isText);

/** What a target can hold: valid Unicode without NUL. */
function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
