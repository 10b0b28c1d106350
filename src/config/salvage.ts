import { isRecord } from '../json.ts';
import type { SecretRef } from './schema.ts';
import * as z from './zod.ts';

/**
 * `T` with gaps: a broken field is present and undefined, a field that was left out is absent. A secret is either
 * complete or broken.
 */
export type Salvaged<T> = [SecretRef] extends [T]
  ? T
  : T extends readonly (infer U)[]
    ? (Salvaged<U> | undefined)[]
    : T extends object
      ? { [K in keyof T]?: Salvaged<T[K]> | undefined }
      : T;

/** The valid parts of `value` with defaults, so that one broken field does not hide the problems of others. */
export function salvage<S extends z.core.$ZodType>(
  schema: S,
  value: unknown,
): Salvaged<z.output<S>> | undefined;
export function salvage(schema: z.core.$ZodType, value: unknown): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject && isRecord(value)) {
    const fields: [string, z.core.$ZodType][] = Object.entries(inner.shape);
    const parts = fields.map(([name, field]) => [name, salvage(field, value[name])] as const);
    return Object.fromEntries(parts.filter(([name, part]) => part !== undefined || name in value));
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => salvage(inner.element, item));
  }
  if (inner instanceof z.ZodRecord && isRecord(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([id, item]) => [id, salvage(inner.valueType, item)]));
  }
  const parsed = z.safeParse(schema, value);
  return parsed.success ? parsed.data : undefined;
}

/** The schema below `.default()`, `.prefault()`, `.optional()` and `z.preprocess()`. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.out);
  const wrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.def.innerType) : schema;
}
