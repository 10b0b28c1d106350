import { isRecord } from '../json.ts';
import type { Path, Report } from './problem.ts';
import { type Config, configSchema } from './schema.ts';
import { fieldsAt, meaningOf, schemaAt } from './schema-at.ts';
import { didYouMean } from './suggest.ts';
import { unknownField } from './unknown-field.ts';
import { fixOf } from './wrong-type.ts';
import type * as z from './zod.ts';

export interface Structure {
  /** With its defaults, when it is valid. */
  readonly config: Config | undefined;
  /** Sections at the top that are there under a wrong name, so that they count as broken and not as missing. */
  readonly misspelt: readonly string[];
}

/** Every structural problem goes to `report`. */
export function checkStructure(value: unknown, report: Report): Structure {
  const parsed = configSchema().safeParse(value);
  if (parsed.success) return { config: parsed.data, misspelt: [] };
  const flat = flatSections(value, report);
  const findings = parsed.error.issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    return describeIssue(issue, path, valueAt(value, path));
  });
  // A field that is misspelt is not missing too.
  const meant = new Set(findings.map(({ means }) => JSON.stringify(means)));
  if (flat.includes('upstreams')) meant.add(JSON.stringify(['upstream']));
  for (const { at, part, message, fix, shown } of findings) {
    if (message === MISSING && meant.has(JSON.stringify(at))) continue;
    if (part === 'key') report.errorAtKey(at, message, fix, shown);
    else report.error(at, message, fix);
  }
  const named = findings.flatMap(({ means = [] }) =>
    means.length === 1 && valueAt(value, means) === undefined ? means.map(String) : [],
  );
  return { config: undefined, misspelt: [...flat, ...named] };
}

/** Sections of entries with ids, in which the fields of one entry stand without an id. */
function flatSections(value: unknown, report: Report): readonly string[] {
  return ['keys', 'vaults', 'upstreams'].filter((section) => {
    const entries = isRecord(value) ? value[section] : undefined;
    if (!isRecord(entries)) return false;
    // An id may be called like a section of the entry; then what stands there is that section, and not a text.
    const fields = fieldsAt([section, 'id']).filter((name) => fieldsAt([section, 'id', name]).length === 0);
    const flat = Object.entries(entries).some(([name, entry]) => fields.includes(name) && !isRecord(entry));
    if (flat)
      report.errorOfAll(
        [section],
        'has the fields of one entry where ids are expected',
        section === 'upstreams'
          ? 'write upstream: for one store, or put the fields below an id'
          : 'put the fields below an id',
      );
    return flat;
  });
}

interface Finding {
  readonly at: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly fix?: string | undefined;
  /** The path of the field that was meant. */
  readonly means?: Path | undefined;
  /** The path that is told in place of `at`. */
  readonly shown?: Path | undefined;
}

const MISSING = 'is missing';

/** So many unknown fields of a section are told: of each its place is looked for, and the field that was meant. */
const MOST_UNKNOWN = 100;

function describeIssue(issue: z.core.$ZodIssue, path: Path, written: unknown): Finding[] {
  if (issue.code === 'unrecognized_keys') return unknownFields(issue.keys, path);
  if (issue.code === 'invalid_key') return [{ at: path, part: 'key', message: ID_MESSAGE }];
  const here = { at: path, part: 'value' } as const;
  const schema = schemaAt(path);
  if (written === undefined) {
    const meaning = meaningOf(schema);
    return [{ ...here, message: MISSING, fix: meaning === undefined ? undefined : `add it (${meaning})` }];
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const fix = typeof written === 'string' ? didYouMean(written, values) : undefined;
    return [{ ...here, message: `must be one of ${values.join(', ')}`, fix }];
  }
  const expected = issue.code === 'invalid_type' ? issue.expected : undefined;
  const message = issue.code === 'invalid_type' ? typeMessage(issue, written) : issue.message;
  const fix = path.length === 0 ? BEGIN : fixOf({ expected, message }, written, schema);
  return [{ ...here, message, fix }];
}

function unknownFields(names: readonly string[], path: Path): Finding[] {
  const told = names.slice(0, MOST_UNKNOWN).map((name): Finding => {
    const { message, fix, meant, shown } = unknownField(name, path);
    const means = meant === undefined ? undefined : [...path, meant];
    return { at: [...path, name], part: 'key', message, fix, means, shown: [...path, shown] };
  });
  const more = names.length - told.length;
  if (more > 0) told.push({ at: path, part: 'value', message: `has ${more} more unknown fields` });
  return told;
}

/** For a file that is not a config at all. */
const BEGIN = 'begin with one of the examples in config/, such as minio.yaml';

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

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}
