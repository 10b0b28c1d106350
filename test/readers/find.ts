import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** Calls that go through a text, by the name of the method. */
const READS: ReadonlySet<string> = new Set(
  'charCodeAt decode exec indexOf lastIndexOf match matchAll parse replace replaceAll search split test trim trimEnd trimStart'.split(
    ' ',
  ),
);

/** Rooms in which texts of clients and stores are read. */
const ROOMS = [
  's3',
  'sigv4',
  'sigv2',
  'signatures',
  'forms',
  'response',
  'etag',
  'multipart',
  'ssec',
  'listener',
];
const MORE_ROOMS = ['upstream', 'store-client', 'proxy'];

/** `file#function` of every function that goes through a text, without those inside of it that have no name. */
export function readersIn(root: string): readonly string[] {
  const files = [...ROOMS, ...MORE_ROOMS].flatMap((room) => globSync(`${room}/**/*.ts`, { cwd: root }));
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted()
    .flatMap((file) => namesOf(readFileSync(join(root, file), 'utf8'), file));
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

export function namesOf(code: string, file: string): readonly string[] {
  const found = new Set<string>();
  const visit = (node: unknown, name: string): void => {
    if (Array.isArray(node)) for (const one of node) visit(one, name);
    if (typeof node !== 'object' || node === null || !('type' in node)) return;
    const here = node as Node;
    if (here.type === 'CallExpression' && READS.has(methodOf(here.callee as Node)))
      found.add(`${file}#${name}`);
    for (const [key, child] of Object.entries(here)) visit(child, nameOf(here, key) ?? name);
  };
  visit(parseSync(file, code).program, '');
  return [...found].filter((one) => !one.endsWith('#'));
}

function methodOf({ type, property }: Node): string {
  return type === 'MemberExpression' ? String((property as { name?: string }).name) : '';
}

/** The name that a function in this place has. */
function nameOf(node: Node, key: string): string | undefined {
  if (node.type === 'FunctionDeclaration' && key === 'body') return String((node['id'] as Node)['name']);
  if (node.type === 'MethodDefinition' && key === 'value') {
    const { type, name } = node['key'] as Node;
    return type === 'PrivateIdentifier' ? `#${String(name)}` : String(name);
  }
  const value = node['init'] ?? node['value'];
  const isFunction = /^(Arrow)?FunctionExpression$/.test(String((value as Node | undefined)?.type));
  if (node.type === 'VariableDeclarator' && key === 'init' && isFunction)
    return String((node['id'] as Node)['name']);
  if (node.type === 'Property' && key === 'value' && isFunction) return String((node['key'] as Node)['name']);
  return undefined;
}
