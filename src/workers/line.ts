/**
 * What a pipe takes whole or not at all, in bytes: Linux's PIPE_BUF. A longer line could get lines of another process
 * into its middle.
 */
const MOST_BYTES = 4096;

/** Dresses the log lines of a worker: with its number, and short enough to stay whole in a pipe that several write to. */
export function workerLine(worker: number): (line: string) => string {
  const begin = `{"worker":${worker},`;
  return (line) => {
    const named = line.startsWith('{"') ? begin + line.slice(1) : line;
    // No character takes more than 3 bytes a unit of the string.
    if (named.length * 3 <= MOST_BYTES || Buffer.byteLength(named) <= MOST_BYTES) return named;
    return shortened(named);
  };
}

/** Cuts the longest texts until the line fits, and says so. */
function shortened(line: string): string {
  const fields = fieldsOf(line);
  if (!fields) return line;
  for (let most = MOST_BYTES / 4; most >= 1; most /= 2) {
    const cut = Object.entries(fields).map(([name, value]) => [name, cutTo(value, most)]);
    const text = `${JSON.stringify({ ...Object.fromEntries(cut), cut: true })}\n`;
    if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  }
  return line;
}

function fieldsOf(line: string): object | undefined {
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}

/** What is no text is cut as the text that it is in JSON. */
function cutTo(value: unknown, most: number): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= most ? value : `${text.slice(0, most)}…`;
}
