import { isRecord } from '../json.ts';
import { durationMeant, sizeMeant } from './meant.ts';
import { unwrap } from './salvage.ts';
import { fieldsOf } from './schema-at.ts';
import { didYouMean } from './suggest.ts';
import * as z from './zod.ts';

/** What to write in the place of a value that the schema refuses; undefined where the message says it all. */
export function fixOf(
  { expected, message }: { readonly expected: string | undefined; readonly message: string },
  written: unknown,
  schema: z.core.$ZodType | undefined,
): string | undefined {
  if (written === null) return emptyFix(expected);
  if (typeof written === 'string' && written.includes('\n')) return 'remove the "|" or ">" after the colon';
  if (expected === 'array') return listFix(written);
  if (expected === 'object' || expected === 'record') return sectionFix(expected, written, schema);
  if (expected === 'boolean') return booleanFix(written);
  if (/\bduration\b/.test(message)) return meant(durationMeant(written), schema);
  if (/^must be a size\b/.test(message)) return meant(sizeMeant(written), schema);
  if (/\bwhole number\b/.test(message)) return isText(written, /^\d+$/) ? 'remove the quotes' : undefined;
  if (message.startsWith('must be exactly one of a string') && isRecord(written)) return secretFix(written);
  if (expected === 'string' && Array.isArray(written))
    return 'write one value; for several, repeat the entry with each';
  if (message.startsWith('must be a list of key ids')) return ringFix(written);
  const scalar = typeof written === 'number' || typeof written === 'boolean';
  if (scalar) return /\ba string\b/.test(message) ? 'put it in quotes' : undefined;
  return typeof written === 'string' ? textFix(written) : undefined;
}

function emptyFix(expected: string | undefined): string {
  return expected === 'array' || expected === 'object' || expected === 'record'
    ? 'write what belongs to it, indented below it, or remove it'
    : 'write a value, or remove the field; a value that begins with # needs quotes';
}

function listFix(written: unknown): string {
  if (!isRecord(written)) return 'write [a, b], or each entry on a line of its own that begins with "- "';
  const glued = Object.keys(written).some((name) => name.startsWith('-'));
  return glued ? 'a space is missing after the dash: write "- name: value"' : 'begin each entry with "- "';
}

function sectionFix(expected: string, written: unknown, schema: z.core.$ZodType | undefined): string {
  if (expected === 'record')
    return Array.isArray(written)
      ? 'write each entry as its id with a colon, without "- "'
      : 'write each entry as its id with a colon, on a line of its own, indented below it';
  const [first = 'name'] = schema ? fieldsOf(unwrap(schema)) : [];
  return Array.isArray(written)
    ? 'write the fields below it without "- "'
    : `write its fields, as in { ${first}: … }`;
}

function secretFix(written: Readonly<Record<string, unknown>>): string | undefined {
  const names = Object.keys(written);
  if (names.some((name) => name.includes(':'))) return 'a space is missing after the colon';
  if (names.length > 1) return 'remove all but one of the fields';
  return didYouMean(names[0] ?? '', ['env', 'file']);
}

function ringFix(written: unknown): string | undefined {
  if (typeof written === 'string')
    return NO.has(written.toLowerCase()) || written === 'none'
      ? 'write encrypt: off, which leaves the objects unencrypted'
      : 'put the key id in brackets: [ … ]';
  if (!Array.isArray(written)) return undefined;
  return written.some((entry) => typeof entry === 'number')
    ? 'put a key id that is a number in quotes'
    : 'an entry that is not an id alone has the fields key, derive and context';
}

const YES: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'y', 'on', 'enabled']);
const NO: ReadonlySet<string> = new Set(['0', 'false', 'no', 'n', 'off', 'disabled']);

/** YAML 1.2 has no `yes` and no `on`. */
function booleanFix(written: unknown): string | undefined {
  const word = String(written).toLowerCase();
  if (YES.has(word)) return 'write true, without quotes';
  return NO.has(word) ? 'write false, without quotes' : undefined;
}

/** What a text has at its end or around it by mistake. */
function textFix(written: string): string | undefined {
  if (/^\s|\s$/.test(written)) return 'remove the space at its beginning or end';
  if (/[,;]$/.test(written)) return `remove the "${written.slice(-1)}" at its end`;
  return /["']$/.test(written) ? 'there is a quote too many or too few' : undefined;
}

/** Nothing is meant that is refused as well, as what is out of its range. */
function meant(text: string | undefined, schema: z.core.$ZodType | undefined): string | undefined {
  const refused = schema !== undefined && !z.safeParse(schema, text).success;
  return text === undefined || refused ? undefined : `did you mean "${text}"?`;
}

function isText(written: unknown, pattern: RegExp): boolean {
  return typeof written === 'string' && pattern.test(written);
}
