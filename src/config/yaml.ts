import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { createReport, type Locate, type Path, type Position, type Report } from './problem.ts';
import { strayCharacter } from './syntax/characters.ts';
import { diagnose } from './syntax/diagnose.ts';
import type { Diagnosis } from './syntax/diagnosis.ts';
import { lostNames } from './syntax/lost-names.ts';
import { repeatedKeys } from './syntax/repeated.ts';
import { sourceOf } from './syntax/source.ts';
import { EMPTY_ANCHOR, NO_ANCHOR, OWN_ANCHOR } from './syntax/values.ts';

/** A YAML text as plain values, with the position of each; `value` is undefined when the syntax is broken. */
export interface YamlText {
  readonly value: unknown;
  readonly report: Report;
}

/** Enough for aliases that repeat a section; a bomb needs thousands. */
const MAX_ALIASES = 100;

/** Reads YAML 1.2 core, where `off`, `yes` and `no` are strings and `<<` is a field like any other. */
export function readYaml(text: string, strict = false): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    stringKeys: true,
    // By itself it compares each field with all others: see repeatedKeys.
    uniqueKeys: false,
  });
  document.errors.push(...repeatedKeys(document));
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const report = createReport(locator(document, place), strict);
  const source = sourceOf(text);
  const stray = strayCharacter(source);
  const mistakes = stray ? [stray] : diagnose(document, source);
  const found = mistakes.length > 0 ? mistakes : [...lostNames(document), ...badAliases(document)];
  for (const { offset, message, fix } of found) report.errorAt(place(offset), message, fix);
  return { value: found.length > 0 ? undefined : toValue(document, report), report };
}

/** So many are looked at. Each one's place is found in the text. */
const MOST_TOLD = 20;

/** Aliases and anchors that were meant to be values, or far too many aliases. */
function badAliases(document: Document): readonly Diagnosis[] {
  const found: Diagnosis[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  visit(document, {
    // An alias stands for what has the anchor before it in the text, which is the order of this visit.
    Node: (_, node, above) => {
      if (!isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor);
      if (isAlias(node)) {
        aliases += 1;
        const offset = node.range?.[0] ?? 0;
        const meant = node.resolve(document);
        if (!anchors.has(node.source)) found.push({ offset, ...NO_ANCHOR });
        else if (above.some((one) => one === meant)) found.push({ offset, ...OWN_ANCHOR });
        // To resolve each takes a look at all before it.
        if (aliases > MAX_ALIASES) found.push(TOO_MANY);
      }
      if (isScalar(node) && node.anchor !== undefined && node.value === null)
        found.push({ offset: (node.range?.[0] ?? 1) - node.anchor.length - 1, ...EMPTY_ANCHOR });
      return found.length >= MOST_TOLD || aliases > MAX_ALIASES ? visit.BREAK : undefined;
    },
  });
  return found;
}

const TOO_MANY: Diagnosis = {
  offset: 0,
  message: 'aliases repeat too much',
  fix: 'write the values out',
};

function toValue(document: Document, report: Report): unknown {
  try {
    // Strings of their own: each would be a part of the text, and a name that lives on would keep all secrets that stand in it.
    return structuredClone(document.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch {
    // The only error left: aliases of aliases stand for too much.
    report.errorAt({ line: 1, column: 1 }, TOO_MANY.message, TOO_MANY.fix);
    return undefined;
  }
}

function locator(document: Document, place: (offset: number) => Position): Locate {
  const childOf = childFinder();
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

interface Child {
  readonly key?: unknown;
  readonly value: unknown;
}

/** Finds what is at a step below a node. Of each map the names are gone through once, however many problems are in it. */
function childFinder(): (parent: unknown, step: string | number) => Child | undefined {
  const maps = new WeakMap<YAMLMap, ReadonlyMap<string, Child>>();
  return (parent, step) => {
    if (isMap(parent)) {
      const children = maps.get(parent) ?? byName(parent);
      maps.set(parent, children);
      return children.get(String(step));
    }
    if (!isCollection(parent) || typeof step !== 'number') return undefined;
    const item: unknown = parent.items[step];
    return item === undefined ? undefined : { value: item };
  };
}

function byName({ items }: YAMLMap): ReadonlyMap<string, Child> {
  return new Map(
    items.flatMap(({ key, value }) => (isScalar(key) ? [[String(key.value), { key, value }]] : [])),
  );
}
