import * as z from 'zod';
import { isRecord } from '../json.ts';
import type { Path, Report } from './problem.ts';
import { unwrap } from './salvage.ts';
import { type Config, ConfigSchema } from './schema.ts';
import { didYouMean } from './suggest.ts';

/** The config with its defaults when the structure is valid; every structural problem goes to `report`. */
export function checkStructure(value: unknown, report: Report): Config | undefined {
  const parsed = ConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    for (const { at, part, message, fix } of describeIssue(issue, path, valueAt(value, path))) {
      if (part === 'key') report.errorAtKey(at, message, fix);
      else report.error(at, message, fix);
    }
  }
  return undefined;
}

interface Finding {
  readonly at: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly fix?: string | undefined;
}

function describeIssue(issue: z.core.$ZodIssue, path: Path, written: unknown): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(path);
    return issue.keys.map((field) => ({
      at: [...path, field],
      part: 'key',
      message: 'unknown field',
      fix: didYouMean(field, known),
    }));
  }
  if (issue.code === 'invalid_key') return [{ at: path, part: 'key', message: ID_MESSAGE }];
  const here = { at: path, part: 'value' } as const;
  if (written === undefined) return [{ ...here, message: 'is missing' }];
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const fix = typeof written === 'string' ? didYouMean(written, values) : undefined;
    return [{ ...here, message: `must be one of ${values.join(', ')}`, fix }];
  }
  if (issue.code === 'invalid_type') {
    return [{ ...here, message: typeMessage(issue, written), fix: typeFix(issue.expected, written) }];
  }
  return [{ ...here, message: issue.message }];
}

const ID_MESSAGE = 'an id is 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  number: 'a number',
  array: 'a list',
  object: 'a section of fields',
  record: 'a section of fields',
};

function typeMessage(issue: z.core.$ZodIssueInvalidType, written: unknown): string {
  // Zod's own messages start like this; every other one was written for this field.
  if (!issue.message.startsWith('Invalid input')) return issue.message;
  return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}, ${written === null ? 'but is empty' : `not ${nameOf(written)}`}`;
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return TYPE_NAMES[typeof value] ?? typeof value;
}

function typeFix(expected: string, written: unknown): string | undefined {
  const scalar = typeof written === 'number' || typeof written === 'boolean';
  return expected === 'string' && scalar ? 'put it in quotes' : undefined;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

/** The fields that the schema knows at a path. */
function fieldsAt(path: Path): string[] {
  let schema: z.core.$ZodType = ConfigSchema;
  for (const step of path) {
    const outer = unwrap(schema);
    if (outer instanceof z.ZodArray) schema = outer.element;
    else if (outer instanceof z.ZodRecord) schema = outer.valueType;
    else if (outer instanceof z.ZodObject) schema = (outer.shape as z.core.$ZodShape)[step] ?? schema;
  }
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}
