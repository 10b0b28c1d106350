import { globSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** A file of the tree and what it imports. Paths are relative to the tree, with slashes. */
export interface Module {
  readonly file: string;
  /** Files of the tree, in whatever way they are imported: value, type, re-export, dynamic, or as a URL. */
  readonly files: readonly string[];
  /** Names of packages, without what follows: `a` of `a/lib/b.js`. */
  readonly packages: readonly string[];
  /** What can't be followed: a computed name, a file that is not in the tree. */
  readonly unknown: readonly string[];
  /** What could load code past all of these. */
  readonly forbidden: readonly string[];
}

export interface Tree {
  /** Every file below the root that could hold code, counted by itself. */
  readonly files: readonly string[];
  /** Those that were read. */
  readonly modules: readonly Module[];
}

/** All modules below `root` with their imports, types included. */
export function readTree(root: string): Tree {
  const files = globSync('**/*', { cwd: root })
    .filter((file) => statSync(join(root, file)).isFile())
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted();
  const known = new Set(files);
  return { files, modules: files.flatMap((file) => readModule(root, file, known) ?? []) };
}

/** @returns undefined for what the parser does not read as a module: no reading is better than an empty one. */
function readModule(root: string, file: string, known: ReadonlySet<string>): Module | undefined {
  if (!file.endsWith('.ts')) return undefined;
  const { program, module, errors, comments } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  const imports = module.hasModuleSyntax || module.dynamicImports.length > 0;
  if (errors.length > 0 || !imports) return undefined;
  const found = { files: new Set<string>(), packages: new Set<string>(), unknown: new Set<string>() };
  for (const specifier of specifiersOf(program)) {
    if (specifier === undefined) found.unknown.add('a computed name');
    else if (specifier.startsWith('.')) {
      const target = posix.join(posix.dirname(file), specifier);
      if (known.has(target)) found.files.add(target);
      else found.unknown.add(`${specifier}, which is not in the tree`);
    } else if (!isBuiltin(specifier)) found.packages.add(packageOf(specifier));
  }
  for (const target of pathsOf(program, file)) if (known.has(target)) found.files.add(target);
  const forbidden = new Set([...loadersOf(program), ...comments.flatMap(({ value }) => referenceOf(value))]);
  return {
    file,
    files: [...found.files],
    packages: [...found.packages],
    unknown: [...found.unknown],
    forbidden: [...forbidden],
  };
}

type Program = ReturnType<typeof parseSync>['program'];

/** What stands behind `import`, `export … from`, `import(…)` and `require(…)`, in code and in types. */
function specifiersOf(program: Program): readonly (string | undefined)[] {
  const found: (string | undefined)[] = [];
  const add = (node: unknown): void => {
    found.push(textOf(node));
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => {
      if (source) add(source);
    },
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    TSExternalModuleReference: ({ expression }) => add(expression),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') add(first);
    },
  }).visit(program);
  return found;
}

/** Names that make a loader or run a text, by whatever way they are reached. */
const LOADERS: ReadonlySet<string> = new Set([
  'createRequire',
  'getBuiltinModule',
  'registerHooks',
  'eval',
  'mainModule',
  'dlopen',
]);
const LOADING_MODULES: ReadonlySet<string> = new Set(['module', 'vm', 'repl']);

function loadersOf(program: Program): readonly string[] {
  const found: string[] = [];
  const required = new Set<unknown>();
  new Visitor({
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type !== 'Identifier') return;
      if (callee.name === 'require') required.add(callee);
      else if (callee.name === 'Function') found.push('Function(…)');
      else if (TIMERS.has(callee.name) && textOf(first) !== undefined) found.push(`${callee.name} of a text`);
    },
    NewExpression: ({ callee }) => {
      if (callee.type === 'Identifier' && callee.name === 'Function') found.push('new Function(…)');
    },
    MemberExpression: (node) => {
      const { object, property } = node as { object: { type: string; name?: string }; property: unknown };
      if (object.type === 'Identifier' && object.name === 'globalThis' && nameOf(property) === 'Function')
        found.push('globalThis.Function');
    },
    Identifier: (node) => {
      if (LOADERS.has(node.name)) found.push(node.name);
      if (node.name === 'require' && !required.has(node))
        found.push('require that is not called by its name');
    },
    Literal: (node) => {
      const text = textOf(node);
      if (text === undefined) return;
      if (LOADERS.has(text)) found.push(text);
    },
  }).visit(program);
  for (const specifier of specifiersOf(program)) {
    const name = specifier?.replace(/^node:/, '');
    if (name !== undefined && LOADING_MODULES.has(name)) found.push(`node:${name}`);
  }
  return found;
}

const TIMERS: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'setImmediate']);

function nameOf(property: unknown): string | undefined {
  return (property as { name?: string }).name ?? textOf(property);
}

/** `/// <reference path="…" />` and `types`, which TypeScript follows. */
function referenceOf(comment: string): readonly string[] {
  return /^\/\s*<(?:reference|amd-)/.test(comment) ? ['a reference comment'] : [];
}

/** Texts that are relative paths, as in `new Worker(new URL('./worker.ts', import.meta.url))`, from the root. */
function pathsOf(program: Program, file: string): readonly string[] {
  const found: string[] = [];
  new Visitor({
    Literal: (node) => {
      const text = textOf(node);
      if (text?.startsWith('.')) found.push(posix.join(posix.dirname(file), text));
    },
  }).visit(program);
  return found;
}

/** The text of a literal, or of a template without gaps. */
function textOf(node: unknown): string | undefined {
  const { value, quasis } = (node ?? {}) as {
    value?: unknown;
    quasis?: readonly { value: { cooked: string } }[];
  };
  if (typeof value === 'string') return value;
  return quasis?.length === 1 ? quasis[0]?.value.cooked : undefined;
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
