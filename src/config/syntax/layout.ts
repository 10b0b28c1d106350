import type { Complaint, Diagnosis, Mistake } from './diagnosis.ts';
import { columnsOf, hasContent, indentOf, lineAbove, lineBelow, type Source } from './source.ts';

const BARE_DASH = /^-[^\s-]/;

const NO_DASH_SPACE = { message: 'a space is missing after the dash', fix: 'write "- name: value"' };

/** How a line is written that is not a field, or not yet. */
const BARE: readonly { readonly pattern: RegExp; readonly message: string; readonly fix: string }[] = [
  {
    pattern: /^(?:\/\/|\/\*|;|--)/,
    message: 'this is not how a comment begins',
    fix: 'begin comments with #',
  },
  {
    pattern: /^\[[^\]]*\]\s*$/,
    message: 'this is a section of an INI or TOML file',
    fix: 'write the config as YAML: the name with a colon, and its fields indented below it',
  },
  { pattern: BARE_DASH, ...NO_DASH_SPACE },
  {
    pattern: /^["']?[\w.-]+["']?:[^\s]/,
    message: 'a space is missing after the colon',
    fix: 'write "name: value"',
  },
  { pattern: /^["']?[\w.-]+["']?\s*=/, message: 'a field has a colon, not "="', fix: 'write "name: value"' },
];

const NO_COLON = {
  message: 'there is no colon on this line, so it is not a field',
  fix: 'write "name: value", or "name:" with its fields indented below it',
};

/** A field without its colon, or without the space after it; the parser then joins it with the lines below. */
export const bareLine: Mistake = ({ code, message, offset, source }) => {
  const bare = code === 'MULTILINE_IMPLICIT_KEY' || message.startsWith('Implicit map keys');
  if (!bare) return undefined;
  const line = source.lines[source.lineOf(offset)] ?? '';
  return { offset, ...(bareKind(line.trim()) ?? NO_COLON) };
};

/** What stands above the line that the parser does not understand. */
export const bareAbove: Mistake = ({ code, offset, source }) => {
  if (code !== 'UNEXPECTED_TOKEN' && code !== 'BAD_INDENT') return undefined;
  const above = lineAbove(source, source.lineOf(offset));
  const text = source.lines[above ?? -1] ?? '';
  const kind = bareKind(text.trim());
  return above === undefined || !kind
    ? undefined
    : { offset: source.startOf(above) + indentOf(text), ...kind };
};

function bareKind(line: string) {
  const kind = BARE.find(({ pattern }) => pattern.test(line));
  return kind && { message: kind.message, fix: kind.fix };
}

/** A value that looks like a field, or that has fields below it. */
export const valueAndFields: Mistake = ({ code, offset, source }) => {
  if (code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined;
  const at = source.lineOf(offset);
  const rest = (source.lines[at] ?? '').slice(offset - source.startOf(at));
  const above = lineAbove(source, at);
  if (above !== undefined && /[:,]\s*(?:\[\s*\]|\{\s*\})\s*$/.test(source.lines[above] ?? ''))
    return {
      offset,
      message: `line ${above + 1} has an empty value ([] or {}), so that nothing can be below it`,
      fix: 'remove the brackets there',
    };
  if (rest.trimStart().startsWith('- ') || rest.trim() === '-')
    return {
      offset,
      message: 'a list entry ("- ") is here, where only fields are',
      fix: 'put it below the field whose list it belongs to',
    };
  if (/^(?:env|file): /.test(rest))
    return {
      offset,
      message: 'there is a second ": " on this line',
      fix: 'put it in braces, as in { env: NAME } or { file: PATH }',
    };
  if (/:(?:\s|$)/.test(rest))
    return {
      offset,
      message: 'there is a second ": " on this line',
      fix: 'put the value in quotes, or the second field on a line of its own',
    };
  const below = lineBelow(source, at);
  if (below === undefined) return undefined;
  return {
    offset: source.startOf(below) + indentOf(source.lines[below] ?? ''),
    message: `this line is indented deeper than line ${at + 1}, whose field has a value already`,
    fix: 'indent both lines alike, or remove that value',
  };
};

/** A line that begins where no other does. */
export const wrongIndent: Mistake = (complaint) => {
  const { code, message, offset, source } = complaint;
  if (code !== 'BAD_INDENT' && !message.startsWith('Sequence item without')) return undefined;
  const at = source.lineOf(offset);
  return missingSpace(complaint, at) ?? strayIndent(source, at);
};

/** `-name: value` begins a field of its own, so that the next line has the wrong indentation. */
function missingSpace({ source }: Complaint, at: number): Diagnosis | undefined {
  for (let index = at - 1; index >= 0; index--) {
    const line = source.lines[index];
    if (!hasContent(line)) continue;
    const column = indentOf(line);
    if (BARE_DASH.test(line.slice(column)))
      return { offset: source.startOf(index) + column, ...NO_DASH_SPACE };
    if (column === 0) return undefined;
  }
  return undefined;
}

function strayIndent(source: Source, at: number): Diagnosis {
  const column = indentOf(source.lines[at] ?? '');
  const fitting = new Set<number>();
  let least = Number.POSITIVE_INFINITY;
  for (let index = at - 1; index >= 0 && least > 0; index--) {
    const line = source.lines[index];
    if (!hasContent(line) || indentOf(line) >= least) continue;
    least = indentOf(line);
    for (const one of columnsOf(line)) fitting.add(one);
  }
  const columns = [...fitting].toSorted((a, b) => b - a);
  const last = columns.pop() ?? 0;
  const list = columns.length === 0 ? `${last}` : `${columns.join(', ')} or ${last}`;
  return {
    offset: source.startOf(at) + column,
    message: `this line has ${column} ${column === 1 ? 'space' : 'spaces'} before it, which fits no line above`,
    fix: `indent it by ${list}, like the lines beside it`,
  };
}
