/** Gets what an element holds as it stands there, escaped, and gives back the same. */
type Replace = (escaped: string, index: number) => string;

/**
 * The document with other texts in all elements of one name; everything else stays as it was written. Prefixes and
 * attributes of these elements go: they could say what their text must not.
 */
export function replaceElements(document: string, name: string, replace: Replace): string {
  return eachElement(document, name, ({ escaped }, index) => `<${name}>${replace(escaped, index)}</${name}>`);
}

/**
 * The same, with the tags as they were written.
 * @param name as a pattern, without groups: `ETag`, `(?:Contents|Version)`
 */
export function rewriteElements(document: string, name: string, rewrite: Replace): string {
  return eachElement(
    document,
    name,
    ({ opening, escaped, closing }, index) => `${opening}${rewrite(escaped, index)}${closing}`,
  );
}

interface Written {
  readonly opening: string;
  readonly escaped: string;
  readonly closing: string;
}

function eachElement(
  document: string,
  name: string,
  write: (element: Written, index: number) => string,
): string {
  // Not one that closes itself: what it would hold belongs to what follows.
  const elements = new RegExp(`(<((?:[\\w.-]+:)?${name})(?:\\s[^>]*)?(?<!/)>)(.*?)(</\\2\\s*>)`, 'gs');
  let index = 0;
  return document.replace(
    elements,
    (_whole, opening: string, _tag: string, escaped: string, closing: string) => {
      const written = write({ opening, escaped, closing }, index);
      index += 1;
      return written;
    },
  );
}
