import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigSchema } from '../src/config/schema.ts';

/** Writes config/ssec-proxy.schema.json and the options table of README.md, both out of the config's schema. */

const BEGIN = '<!-- options:begin -->';
const END = '<!-- options:end -->';

/** What the table needs of a JSON Schema. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: string | number | boolean | object;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
}

export function renderJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(ConfigSchema, { io: 'input' }), null, 2)}\n`;
}

/** The options table in Markdown, a row a field. */
export function renderTable(): string {
  const root: Node = JSON.parse(renderJsonSchema());
  const rows = rowsOf(root, '').map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`);
  return ['| Field | Value | Default | What it is |', '|---|---|---|---|', ...rows].join('\n');
}

/** `readme` with the table between its two marks. @throws Error when the marks are not there. */
export function replaceTable(readme: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${renderTable()}\n${readme.slice(end)}`;
}

function rowsOf(node: Node, prefix: string): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const required = node.required?.includes(name) === true;
    const children = AS_ANOTHER.has(path) ? [] : childrenOf(field, path);
    const row = [`\`${path}\``, kindOf(field), defaultOf(field, required), field.description ?? ''];
    return [row, ...children];
  });
}

/** Sections whose fields are those of another one, as their description says. */
const AS_ANOTHER: ReadonlySet<string> = new Set(['upstreams', 'clients[].upstreams']);

function childrenOf(field: Node, path: string): string[][] {
  const items = field.items ?? field.anyOf?.find((one) => one.items !== undefined)?.items;
  if (items !== undefined) return rowsOf(sectionOf(items), `${path}[]`);
  if (typeof field.additionalProperties === 'object') return rowsOf(field.additionalProperties, `${path}.ID`);
  return rowsOf(field, path);
}

/** Of a list whose items are texts or sections, the section. */
function sectionOf(item: Node): Node {
  return item.anyOf?.find(({ properties }) => properties !== undefined) ?? item;
}

function kindOf(field: Node): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${value}\``).join(', ');
  if (field.const !== undefined) return `\`${field.const}\``;
  if (field.anyOf !== undefined) {
    const isSecret = field.anyOf.some(
      ({ properties }) => properties !== undefined && Object.hasOwn(properties, 'env'),
    );
    return isSecret ? 'text, env or file' : field.anyOf.map(kindOf).join(' or ');
  }
  if (field.items !== undefined) return 'list';
  if (field.type === 'object') return 'section';
  return field.type === 'string' ? 'text' : (field.type ?? '');
}

function defaultOf(field: Node, required: boolean): string {
  if (required) return 'required';
  if (field.default === undefined || typeof field.default === 'object') return '';
  return field.default === '' ? '' : `\`${String(field.default)}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) {
  writeFileSync(new URL('../config/ssec-proxy.schema.json', import.meta.url), renderJsonSchema());
  const readme = new URL('../README.md', import.meta.url);
  if (existsSync(readme)) writeFileSync(readme, replaceTable(readFileSync(readme, 'utf8')));
  else process.stdout.write(`${renderTable()}\n`);
}
