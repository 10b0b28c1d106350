import { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { RESTART } from '../../src/snapshot/restart.ts';
import { table } from './table.ts';

/** What the tables need of a JSON Schema. */
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

/** One option of the config. */
export interface Option {
  /** As in `upstream.timeouts.idle`, `rules[].encrypt`, `keys.ID.file`. */
  readonly path: string;
  readonly value: string;
  /** `required`, a default in backticks, or nothing. */
  readonly byDefault: string;
  readonly does: string;
  /** `section`: its fields are options of their own. */
  readonly kind: 'section' | 'value';
}

export function renderJsonSchema(): string {
  const root = z.toJSONSchema(configSchema(), { io: 'input' });
  const { description, ...admin } = (root.properties?.admin ?? {}) as z.core.JSONSchema.BaseSchema;
  // The one section that can be switched off by a word in its place.
  const orOff = { description, anyOf: [admin, { enum: ['off', false] }] };
  return `${JSON.stringify({ ...root, properties: { ...root.properties, admin: orOff } }, null, 2)}\n`;
}

/** All options, in the order of the schema. */
export function options(): readonly Option[] {
  const root = z.toJSONSchema(configSchema(), { io: 'input' }) as Node;
  return optionsOf(root, '');
}

/** The options in Markdown: a heading and a table for each top-level field. */
export function renderOptions(): string {
  const bySection = Map.groupBy(options(), ({ path }) => /^\w+/.exec(path)?.[0] ?? path);
  const sections = [...bySection].map(([name, rows]) => `## ${name}\n\n${renderRows(rows)}`);
  return sections.join('\n\n');
}

function renderRows(rows: readonly Option[]): string {
  return table(
    ['Option', 'Value', 'Default', 'What it does', 'A change needs'],
    rows.map((row) => [`\`${row.path}\``, row.value, row.byDefault, row.does, needs(row)]),
  );
}

/** A section has an entry of its own only where more than its fields decides. */
function needs({ path, kind }: Option): string {
  const reason = Object.hasOwn(RESTART, path) ? RESTART[path as keyof typeof RESTART] : undefined;
  if (reason !== undefined) return reason;
  return kind === 'section' ? '' : 'a reload';
}

function optionsOf(node: Node, prefix: string): Option[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const required = node.required?.includes(name) === true;
    const children = AS_ANOTHER.has(path) ? [] : childrenOf(field, path);
    const option: Option = {
      path,
      value: kindOf(field),
      byDefault: defaultOf(field, required),
      does: field.description ?? '',
      kind: children.length > 0 ? 'section' : 'value',
    };
    return [option, ...children];
  });
}

/** Sections whose fields are those of another one, as their description says. */
const AS_ANOTHER: ReadonlySet<string> = new Set(['upstreams', 'clients[].upstreams']);

function childrenOf(field: Node, path: string): Option[] {
  const items = field.items ?? field.anyOf?.find((one) => one.items !== undefined)?.items;
  if (items !== undefined) return optionsOf(sectionOf(items), `${path}[]`);
  if (typeof field.additionalProperties === 'object')
    return optionsOf(field.additionalProperties, `${path}.ID`);
  return optionsOf(field, path);
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
