import { isRecord } from '../../../src/json.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema that also asks for each value with a default that says something. Helm takes a value away that is set to null, and
 * the chart without it would do less than by default: name no profile in a role, or have no probes' address. Values that may be
 * null, and pieces of Kubernetes' own API, are not asked for.
 */
export function withRequired(schema: Schema, defaults: unknown): Schema {
  if (!isRecord(schema.properties) || !isRecord(defaults)) return schema;
  const properties = Object.entries(schema.properties).map(([name, form]): [string, unknown] => [
    name,
    isRecord(form) ? withRequired(form, defaults[name]) : form,
  ]);
  const given = Array.isArray(schema.required) ? schema.required : [];
  const asked = properties
    .filter(([name, form]) => isRecord(form) && saysSomething(defaults[name]) && !mayGo(form))
    .map(([name]) => name);
  const required = [...new Set([...given, ...asked])];
  return {
    ...schema,
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** What a template takes an absent value for says nothing. */
function saysSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isRecord(value)) return Object.keys(value).length > 0;
  return value !== null && value !== undefined && value !== '' && value !== false;
}

function mayGo({ anyOf, properties, type }: Schema): boolean {
  if (Array.isArray(anyOf)) return anyOf.some((one) => isRecord(one) && one.type === 'null');
  return type === 'object' && properties === undefined;
}
