import { parseSync } from 'oxc-parser';

/**
 * The same code without its comments, other than those that say which file a part is of. All that is left is ASCII: a
 * source with a single other character takes twice the memory for as long as the process lives.
 * @throws Error when something other than a comment has such a character
 */
export function strip(name: string, text: string): string {
  const { comments, errors } = parseSync(name, text);
  if (errors[0]) throw new Error(`${name}: ${errors[0].message}`);
  const parts: string[] = [];
  let taken = 0;
  for (const { start, end } of comments) {
    const comment = text.slice(start, end);
    if (KEPT.test(comment)) continue;
    const line = text.lastIndexOf('\n', start) + 1;
    if (text.slice(line, start).trim() === '' && text[end] === '\n') {
      parts.push(text.slice(taken, line));
      taken = end + 1;
    } else {
      // A comment parts words, and one of several lines ends a statement.
      parts.push(text.slice(taken, start), comment.includes('\n') ? '\n' : ' ');
      taken = end;
    }
  }
  const code = [...parts, text.slice(taken)].join('');
  const other = /^.*[^\0-\x7f].*$/m.exec(code)?.[0];
  if (other !== undefined) throw new Error(`${name}: write this in ASCII: ${other.slice(0, MOST_SHOWN)}`);
  return code;
}

/** The first line of a command, and which file a part is of. */
const KEPT = /^#!|^\/\/ (?:src|node_modules|imported-builtin|required-builtin|lean)\b/;
const MOST_SHOWN = 200;
