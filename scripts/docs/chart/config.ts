import { z } from 'zod';
import { configSchema as proxySchema } from '../../../src/config/schema.ts';
import { isRecord } from '../../../src/json.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of the config as the chart takes it. `upstream` is asked for by the chart, which knows whether there is
 * another config. A secret is named and never written, since values lie in the cluster in clear, and the admin address can't
 * be off, as the probes need it.
 */
export function configSchema(): Schema {
  const {
    $schema: _,
    required: __,
    ...root
  } = z.toJSONSchema(proxySchema(), { target: 'draft-7', io: 'input' });
  const named = fitted(root);
  return Object.entries(PATTERNS).reduce(
    (schema, [path, pattern]) => withPattern(schema, path.split('.'), pattern),
    named,
  );
}

/** What the chart reckons with has the form that the proxy itself will ask for. */
const PATTERNS: Readonly<Record<string, string>> = {
  drain: '^[0-9]{1,9}(ms|s|m|h)$',
  'admin.address': ':[0-9]{1,5}$',
  'listen.items.address': '(:[0-9]{1,5}$|^unix:/|^systemd:)',
  'limits.documents': '^[0-9]{1,6}(KiB|MiB)$',
  'limits.clientDocuments': '^[0-9]{1,6}(KiB|MiB)$',
  'limits.unsizedBodies': '^[0-9]{1,6}(KiB|MiB)$',
  'log.buffer': '^[0-9]{1,6}(KiB|MiB)$',
  'audit.buffer': '^[0-9]{1,6}(KiB|MiB)$',
};

/**
 * Of each `text, { env } or { file }` the text is taken out, but for access key ids, which are no secrets; and what helm can't
 * read is.
 */
function fitted(schema: Schema): Schema {
  const visit = (node: unknown, field: string): unknown => {
    if (Array.isArray(node)) return node.map((one) => visit(one, field));
    if (!isRecord(node)) return node;
    const visited = Object.fromEntries(
      Object.entries(node)
        .filter(([name, value]) => name !== 'pattern' || !LOOKS_AROUND.test(String(value)))
        .map(([name, value]) => [name, visit(value, SECTIONS.has(name) ? '' : name)]),
    );
    if (field === 'accessKeyId' || !isSecretRef(node.anyOf)) return visited;
    return {
      ...visited,
      anyOf: (visited.anyOf as readonly Schema[]).filter(({ type }) => type !== 'string'),
    };
  };
  return visit(schema, '') as Schema;
}

/** Helm's expressions, which are Go's, can't look ahead. What such a pattern refuses, `check` and the proxy refuse. */
const LOOKS_AROUND = /\(\?[!=<]/;

/** Words of JSON Schema between a field and its form. */
const SECTIONS: ReadonlySet<string> = new Set(['properties', 'items', 'anyOf', 'additionalProperties']);

function isSecretRef(anyOf: unknown): boolean {
  const has = (name: string): boolean =>
    Array.isArray(anyOf) &&
    anyOf.some((one) => isRecord(one) && isRecord(one.properties) && name in one.properties);
  return has('env') && has('file');
}

/** `items` in a path stands for those of a list. @throws Error when the config has no such field any more */
function withPattern(schema: Schema, [first = '', ...rest]: readonly string[], pattern: string): Schema {
  const inside = first === 'items' ? schema : schema.properties;
  const field = isRecord(inside) ? inside[first] : undefined;
  if (!isRecord(field)) throw new Error(`the config has no ${first}`);
  const changed = rest.length === 0 ? { ...field, pattern } : withPattern(field, rest, pattern);
  return first === 'items'
    ? { ...schema, items: changed }
    : { ...schema, properties: { ...(inside as Schema), [first]: changed } };
}
