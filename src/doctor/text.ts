import { plural } from '../verify/figures.ts';
import { printable } from '../verify/result.ts';
import { type Checked, count, type Grade, type Section } from './finding.ts';

const LABELS: Readonly<Record<Grade, string>> = { fine: 'ok', note: 'note', warning: 'WARN', stop: 'STOP' };

/** One section as text, safe for a terminal. */
export function sectionText({ title, findings }: Section): string {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  return [printable(title), ...findings.flatMap((finding) => lines(finding, width)), ''].join('\n');
}

function lines({ check, grade, found, meaning, fix }: Checked, width: number): readonly string[] {
  const indent = ' '.repeat(2 + 4 + 2 + width + 2);
  return [
    `  ${LABELS[grade].padEnd(4)}  ${check.padEnd(width)}  ${printable(found)}`,
    ...(meaning === undefined ? [] : [`${indent}${printable(meaning)}`]),
    ...(fix === undefined ? [] : [`${indent}fix: ${printable(fix)}`]),
  ];
}

export function summaryText(sections: readonly Section[]): string {
  const [stops, warnings, notes] = (['stop', 'warning', 'note'] as const).map((grade) =>
    count(sections, grade),
  );
  if (!stops && !warnings) return `Fine${notes ? ` (${plural(notes, 'note')})` : ''}\n`;
  const parts = [
    stops ? `${plural(stops, 'finding')} that ${stops === 1 ? 'stops' : 'stop'} work` : '',
    warnings ? plural(warnings, 'warning') : '',
  ];
  return `${parts.filter(Boolean).join(', ')}\n`;
}
