/** Gets the content of an element, escaped, and returns the new content, escaped. */
type Replace = (escaped: string, index: number) => string;

/**
 * Replaces the text in all elements of one name; everything else is unchanged. Prefixes and attributes of these elements
 * are removed, because they could contain what the text must not.
 */
export function replaceElements(document: string, name: string, replace: Replace): string {
  return eachElement(document, name, ({ escaped }, index) => `<${name}>${replace(escaped, index)}</${name}>`);
}

/**
 * The same, with unchanged tags.
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
  // A self-closing element is skipped: what follows is not its content.
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
