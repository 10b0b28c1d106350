import type { Mistake } from './diagnosis.ts';

/** What the first character of a value means to YAML, where its author did not mean that. */
const FIRST: Readonly<Record<string, { readonly message: string; readonly fix: string }>> = {
  '*': {
    message: 'a value that begins with "*" is an alias in YAML',
    fix: 'put it in quotes, as in "*" or "*-logs"',
  },
  '&': { message: 'a value that begins with "&" is an anchor in YAML', fix: 'put it in quotes' },
  '|': {
    message: 'a value that begins with "|" is a text of several lines in YAML',
    fix: 'put it in quotes',
  },
  '>': {
    message: 'a value that begins with ">" is a text of several lines in YAML',
    fix: 'put it in quotes',
  },
  '%': { message: 'no value may begin with "%"', fix: 'put it in quotes' },
  '@': { message: 'no value may begin with "@"', fix: 'put it in quotes' },
  '`': { message: 'no value may begin with "`"', fix: 'put it in quotes' },
};

export const reservedStart: Mistake = ({ code, offset, source: { text } }) => {
  const blockHeader = code === 'UNEXPECTED_TOKEN' && /[|>]/.test(text.charAt(offset - 1));
  const at = blockHeader ? offset - 1 : offset;
  if (!blockHeader && code !== 'BAD_ALIAS' && code !== 'BAD_SCALAR_START') return undefined;
  const kind = FIRST[text.charAt(at)];
  return kind && { offset: at, ...kind };
};

/** A tag is a mistake by itself, whatever stands before it. */
export const unsupportedTag: Mistake = ({ code, offset }) => {
  if (code !== 'TAG_RESOLVE_FAILED') return undefined;
  return {
    offset,
    message: 'tags (words that begin with "!") are not supported',
    fix: 'put a value that begins with "!" in quotes; a variable or a file is { env: NAME } or { file: PATH }',
  };
};

/** An alias that nothing stands behind: mostly a glob without its quotes. */
export const NO_ANCHOR = {
  message: 'a value that begins with "*" is an alias in YAML, and it has no anchor before it',
  fix: 'put it in quotes, as in "*" or "*-logs"',
} as const;

/** A value that has itself within it would have no end. */
export const OWN_ANCHOR = {
  message: 'this alias stands for what it is in itself',
  fix: 'write the values out',
} as const;

export const EMPTY_ANCHOR = {
  message: 'a value that begins with "&" is an anchor in YAML, so the field is empty',
  fix: 'put it in quotes',
} as const;

/** What a template or a shell would have replaced. */
export const leftTemplate: Mistake = ({ code, offset, source: { text } }) => {
  if (text.startsWith('{{', offset - 1) && code === 'NON_STRING_KEY')
    return {
      offset: offset - 1,
      message: 'a template ({{ … }}) is left in the file',
      fix: 'render the template before, or put the value in quotes',
    };
  if (!text.startsWith('${', offset - 1) || code !== 'UNEXPECTED_TOKEN') return undefined;
  return {
    offset: offset - 1,
    message: 'variables such as $NAME are not replaced in the config',
    fix: 'write the value, or { env: NAME } where a secret is expected',
  };
};

/** Something after the end of a value. */
export const afterValue: Mistake = ({ code, message, offset, source: { text } }) => {
  if (code !== 'UNEXPECTED_TOKEN' || !message.includes('at node end')) return undefined;
  const before = text.slice(0, offset).trimEnd().at(-1);
  if (text.charAt(offset) === ',')
    return { offset, message: 'no comma follows a value outside of brackets', fix: 'remove it' };
  if (before !== '"' && before !== "'")
    return {
      offset,
      message: 'there is text after the end of the value',
      fix: 'put the whole value in quotes, or remove the text',
    };
  return {
    offset,
    message: 'there is text after the closing quote',
    fix: `put the whole value in quotes; a quote in it is written ${before === '"' ? '\\"' : "''"}`,
  };
};

/** What the code alone says. */
export const byCode: Mistake = ({ code, offset }) => {
  const said = CODES[code];
  return said && { offset, ...said };
};

const CODES: Readonly<Record<string, { readonly message: string; readonly fix: string }>> = {
  BAD_DQ_ESCAPE: {
    message: 'YAML does not know this escape sequence (a backslash in double quotes)',
    fix: 'use single quotes, or write the backslash twice',
  },
  BAD_DIRECTIVE: { message: 'no line may begin with "%"', fix: 'put it in quotes, or remove it' },
  BAD_INDENT: { message: 'the indentation is wrong', fix: 'indent fields of one section alike' },
  COMMENT_SPACE: { message: 'a space is missing before the # of a comment', fix: 'add it' },
  KEY_OVER_1024_CHARS: {
    message: 'this field name is too long',
    fix: 'look for a missing line break or quote',
  },
  MULTIPLE_DOCS: {
    message: 'a second document begins here (after "---" or "..."), but the file may have only one document',
    fix: 'remove that line, or put the documents into files of their own',
  },
  NON_STRING_KEY: { message: 'a field name must be a text', fix: 'put it in quotes' },
  RESOURCE_EXHAUSTION: {
    message: 'lists, sections or brackets are nested too deeply',
    fix: 'look for brackets that are not closed',
  },
  TAB_AS_INDENT: { message: 'tabs cannot indent', fix: 'use spaces' },
};
