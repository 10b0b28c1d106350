/**
 * The document with other texts in all elements of one name; everything else stays as it was written. `replace` gets
 * what the element holds as it stands there, escaped, and gives back the same. Prefixes and attributes go.
 */
export function replaceElements(
  document: string,
  name: string,
  replace: (escaped: string, index: number) => string,
): string {
  const elements = new RegExp(`<((?:[\\w.-]+:)?${name})(?:\\s[^>]*)?>(.*?)</\\1\\s*>`, 'gs');
  let index = 0;
  return document.replace(elements, (_whole, _tag: string, escaped: string) => {
    const text = replace(escaped, index);
    index += 1;
    return `<${name}>${text}</${name}>`;
  });
}
