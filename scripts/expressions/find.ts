import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

export interface Expression {
  /** Relative to the tree, with slashes. */
  readonly file: string;
  readonly line: number;
  /** As it stands there. */
  readonly text: string;
  /** Undefined for one that is put together while the program runs: nobody can judge it. */
  readonly pattern: { readonly source: string; readonly flags: string } | undefined;
}

/** All regular expressions in the TypeScript files below a folder. */
export function expressionsIn(root: string): readonly Expression[] {
  const files = globSync('**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'));
  return files.toSorted().flatMap((file) => expressionsOf(file, readFileSync(join(root, file), 'utf8')));
}

export function expressionsOf(file: string, code: string): readonly Expression[] {
  const found: Expression[] = [];
  const add = (at: { start: number; end: number }, pattern: Expression['pattern']): void => {
    const line = code.slice(0, at.start).split('\n').length;
    found.push({ file, line, text: code.slice(at.start, at.end), pattern });
  };
  const dynamic = (node: { start: number; end: number; callee: unknown }): void => {
    const { type, name } = node.callee as { type: string; name?: string };
    if (type === 'Identifier' && name === 'RegExp') add(node, undefined);
  };
  new Visitor({
    Literal: (node) => {
      if ('regex' in node) add(node, { source: node.regex.pattern, flags: node.regex.flags });
    },
    NewExpression: dynamic,
    CallExpression: dynamic,
  }).visit(parseSync(file, code).program);
  return found;
}
