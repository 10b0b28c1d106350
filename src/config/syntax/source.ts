/** A YAML text by lines, as the diagnosis of a mistake looks at it. */
export interface Source {
  readonly text: string;
  /** Without their ends. */
  readonly lines: readonly string[];
  /** Index of the line that an offset is on. */
  lineOf(offset: number): number;
  /** Offset of the first character of a line. */
  startOf(line: number): number;
}

export function sourceOf(text: string): Source {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  const lines = starts.map((start, index) =>
    withoutReturn(text.slice(start, (starts[index + 1] ?? text.length + 1) - 1)),
  );
  return {
    text,
    lines,
    lineOf: (offset) => {
      let [low, high] = [0, starts.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return low;
    },
    startOf: (line) => starts[line] ?? text.length,
  };
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Has the line more than white space and a comment? */
export function hasContent(line: string | undefined): line is string {
  return line !== undefined && /^\s*[^\s#]/.test(line);
}

/** Spaces before the first character. */
export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The columns, from 0, at which the line begins a list item or a field: `- a: 1` begins one at 0 and one at 2. */
export function columnsOf(line: string): readonly number[] {
  const columns: number[] = [];
  let column = indentOf(line);
  while (line.startsWith('- ', column)) {
    columns.push(column);
    column += 1 + indentOf(line.slice(column + 1));
  }
  return [...columns, column];
}

/** The last line with content above this one. */
export function lineAbove({ lines }: Source, line: number): number | undefined {
  const found = lines.slice(0, line).findLastIndex(hasContent);
  return found < 0 ? undefined : found;
}

/** The first line with content below this one. */
export function lineBelow({ lines }: Source, line: number): number | undefined {
  const found = lines.findIndex((text, index) => index > line && hasContent(text));
  return found < 0 ? undefined : found;
}
