import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { Writer } from '../io.ts';

/** What of a line stands out, and how: the first expression that fits. */
export type Marks = readonly (readonly [RegExp, Parameters<typeof styleText>[0]])[];

/** A text with its marks coloured where the stream is a terminal; NO_COLOR and FORCE_COLOR are respected, as Node does. */
export function painted(text: string, marks: Marks, stream: Writer): string {
  if (!(stream instanceof Writable)) return text;
  const lines = text.split('\n').map((line) => {
    const [expression, style] = marks.find(([one]) => one.test(line)) ?? [];
    if (expression === undefined || style === undefined) return line;
    return line.replace(expression, (found) => styleText(style, found, { stream }));
  });
  return lines.join('\n');
}
