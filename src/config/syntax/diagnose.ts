import type { Document, ErrorCode } from 'yaml';
import { openBracket, openQuote, strayBracket, wrongSeparator } from './brackets.ts';
import { strayLine } from './characters.ts';
import type { Complaint, Diagnosis, Mistake } from './diagnosis.ts';
import { repeatedField } from './duplicate.ts';
import { bareAbove, bareLine, valueAndFields, wrongIndent } from './layout.ts';
import type { Source } from './source.ts';
import { afterValue, byCode, leftTemplate, reservedStart, unsupportedTag } from './values.ts';

/**
 * The mistakes behind what the parser complains of. One mistake may give dozens of complaints, of which only the first
 * counts; those that lead to no others are reported as well.
 */
export function diagnose(document: Document, source: Source): readonly Diagnosis[] {
  const complaints = [...document.errors, ...document.warnings]
    .map(({ code, message, pos }): Complaint => ({ code, message, offset: pos[0], source, document }))
    .toSorted((a, b) => a.offset - b.offset);
  const first = complaints.findIndex(({ code }) => !ALONE.has(code));
  const stray = first < 0 ? undefined : strayLine(source);
  if (stray) return [stray];
  const alone = complaints.slice(0, first < 0 ? MOST_ALONE : Math.min(first, MOST_ALONE));
  const counted = first < 0 ? alone : [...alone, ...complaints.slice(first, first + 1)];
  return counted.map(behind);
}

/** So many are told: each one is looked for in the whole text. */
const MOST_ALONE = 20;

/** Complaints that no other follows from. */
const ALONE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED']);

/** The first that recognises its mistake wins: those that know more stand first. */
const MISTAKES: readonly Mistake[] = [
  repeatedField,
  unsupportedTag,
  openQuote,
  openBracket,
  leftTemplate,
  strayBracket,
  reservedStart,
  bareLine,
  bareAbove,
  valueAndFields,
  wrongIndent,
  afterValue,
  wrongSeparator,
  byCode,
];

function behind(complaint: Complaint): Diagnosis {
  for (const mistake of MISTAKES) {
    const found = mistake(complaint);
    if (found) return found;
  }
  return {
    offset: complaint.offset,
    message: 'YAML does not allow what is here',
    fix: 'put the value in quotes if it is meant like that',
  };
}
