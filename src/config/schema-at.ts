import type { Path } from './problem.ts';
import { unwrap } from './salvage.ts';
import { configSchema } from './schema.ts';
import * as z from './zod.ts';

/** The schema of what stands at a path; undefined where the schema knows nothing of it. */
export function schemaAt(path: Path): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = configSchema();
  for (const step of path) {
    if (schema === undefined) return undefined;
    const outer = unwrap(schema);
    if (outer instanceof z.ZodArray) schema = outer.element;
    else if (outer instanceof z.ZodRecord) schema = outer.valueType;
    else if (outer instanceof z.ZodObject) schema = (outer.shape as z.core.$ZodShape)[step];
    else schema = undefined;
  }
  return schema;
}

/** The fields that the schema knows at a path. */
export function fieldsAt(path: Path): readonly string[] {
  const schema = schemaAt(path);
  return schema === undefined ? [] : fieldsOf(schema);
}

/** The fields of a section, or of each entry of a list or of a section with ids. */
export function fieldsOf(schema: z.core.$ZodType): readonly string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return fieldsOf(inner.element);
  if (inner instanceof z.ZodRecord) return fieldsOf(inner.valueType);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** What a field is, in the words of the options' page: their first sentence. */
export function meaningOf(schema: z.core.$ZodType | undefined): string | undefined {
  for (let inner = schema; inner !== undefined; inner = below(inner)) {
    const text = z.globalRegistry.get(inner)?.description;
    if (text !== undefined) return /^.*?[.;:](?= |$)/s.exec(text)?.[0].replace(/[.;:]$/, '') ?? text;
  }
  return undefined;
}

function below(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const inner = unwrap(schema);
  return inner === schema ? undefined : inner;
}
