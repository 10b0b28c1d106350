import type { Diagnosis } from './diagnosis.ts';
import type { Source } from './source.ts';

/** Characters that no config has: YAML forbids them, or its reader takes them for something else. */
export function strayCharacter({ text }: Source): Diagnosis | undefined {
  const offset = text.search(/\r(?!\n)|[^\P{Cc}\t\n\r]/u);
  if (offset < 0) return undefined;
  return text.charAt(offset) === '\r'
    ? {
        offset,
        message: 'a line ends with a carriage return alone',
        fix: 'save the file with line feeds (LF) at the ends of lines',
      }
    : {
        offset,
        message: 'there is a control character here, which cannot be seen',
        fix: 'remove it; type the line again if you cannot find it',
      };
}

/** Marks that git leaves in a file, and spaces that only look like spaces: the reason of whatever else is wrong. */
export function strayLine(source: Source): Diagnosis | undefined {
  const { lines } = source;
  for (const [index, line] of lines.entries()) {
    const start = source.startOf(index);
    if (/^(?:<{7}|={7}|>{7})(?: |$)/.test(line))
      return {
        offset: start,
        message: 'a merge conflict is left in the file',
        fix: 'keep one of the two versions, and remove the lines with <<<<<<<, ======= and >>>>>>>',
      };
    const column = hiddenSpace(line);
    if (column !== undefined)
      return {
        offset: start + column,
        message: 'this looks like a space, but is another character (such as a no-break space)',
        fix: 'replace it with a space',
      };
  }
  return undefined;
}

/** No-break, wide and zero-width spaces, and byte order marks within a text. */
const HIDDEN_SPACE = /[\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]/;

/** Where it matters: before a field, or after its colon or dash. */
function hiddenSpace(line: string): number | undefined {
  const column = line.search(HIDDEN_SPACE);
  if (column < 0) return undefined;
  const before = line.slice(0, column);
  return /^[\s-]*$|[:-]\s*$/.test(before) ? column : undefined;
}

/** Has a name of a field such a space in it? */
export function hasHiddenSpace(name: string): boolean {
  return HIDDEN_SPACE.test(name);
}
