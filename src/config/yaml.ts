import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { createReport, type Locate, type Path, type Position, type Report } from './problem.ts';

/** A YAML text as plain values, with the position of each; `value` is undefined when the syntax is broken. */
export interface YamlText {
  readonly value: unknown;
  readonly report: Report;
}

/** Enough for aliases that repeat a section; a bomb needs thousands. */
const MAX_ALIASES = 100;

/** Reads YAML 1.2 core, where `off`, `yes` and `no` are strings and `<<` is a field like any other. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    stringKeys: true,
  });
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const report = createReport(locator(document, place));
  // The parser only warns of an unresolved tag, but its value is not what the author meant.
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    report.errorAt(place(pos[0]), SYNTAX_MESSAGES[code] ?? 'is not valid YAML');
  }
  const fatal = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
  return { value: fatal ? undefined : toValue(document, report, place), report };
}

/** The parser's own messages quote the text, and the text may be a secret. */
const SYNTAX_MESSAGES: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'an alias or anchor is malformed',
  BAD_INDENT: 'the indentation is wrong',
  BAD_QUOTE: 'a quote is missing or a quoted string is malformed',
  BAD_DQ_ESCAPE: 'unknown escape sequence in a double-quoted string',
  DUPLICATE_KEY: 'the same section has the field twice',
  KEY_OVER_1024_CHARS: 'a field name is too long',
  MISSING_CHAR: 'a character is missing here (a bracket, quote, colon or comma)',
  MULTIPLE_DOCS: 'the file may have only one document: remove the "---" in the middle',
  NON_STRING_KEY: 'a field name must be a string',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'tags (words that start with "!") are not supported',
  UNEXPECTED_TOKEN: 'YAML does not allow what is here',
};

function toValue(document: Document, report: Report, place: (offset: number) => Position): unknown {
  let dangling = false;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      dangling = true;
      report.errorAt(place(alias.range?.[0] ?? 0), 'the alias has no anchor before it');
    },
  });
  if (dangling) return undefined;
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    // The only errors left: too many aliases, or one inside its own anchor.
    report.errorAt(
      { line: 1, column: 1 },
      'aliases repeat too much or contain themselves',
      'write the values out',
    );
    return undefined;
  }
}

function locator(document: Document, place: (offset: number) => Position): Locate {
  return (path: Path, part) => {
    let node: unknown = document.contents;
    let offset = startOf(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      const parent = isAlias(node) ? node.resolve(document) : node;
      const child = childOf(parent, step);
      if (child === undefined) break;
      const wantsKey = isCollection(child.value) || (part === 'key' && depth === path.length - 1);
      offset = startOf(wantsKey ? (child.key ?? child.value) : child.value) ?? startOf(child.key) ?? offset;
      node = child.value;
    }
    return place(offset);
  };
}

function startOf(node: unknown): number | undefined {
  return isAlias(node) || isScalar(node) || isCollection(node) ? node.range?.[0] : undefined;
}

function childOf(parent: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair === undefined ? undefined : { key: pair.key, value: pair.value };
  }
  if (!isCollection(parent) || typeof step !== 'number') return undefined;
  const item: unknown = parent.items[step];
  return item === undefined ? undefined : { value: item };
}
