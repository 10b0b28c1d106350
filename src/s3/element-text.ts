/**
 * The document with other texts in all elements of one name; everything else stays as it was written. `replace` gets
 * what the element holds as it stands there, escaped, and gives back the same.
 * @param name as a pattern, without groups: `ETag`, `(?:Contents|Version)`
 */
export function replaceElements(
  document: string,
  name: string,
  replace: (escaped: string, index: number) => string,
): string {
  // Not one that closes itself: what it would hold belongs to what follows.
  const elements = new RegExp(`(<((?:[\\w.-]+:)?${name})(?:\\s[^>]*)?(?<!/)>)(.*?)(</\\2\\s*>)`, 'gs');
  let index = 0;
  return document.replace(
    elements,
    (_whole, opening: string, _tag: string, escaped: string, closing: string) => {
      const text = replace(escaped, index);
      index += 1;
      return `${opening}${text}${closing}`;
    },
  );
}
