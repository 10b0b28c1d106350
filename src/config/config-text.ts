import { type ReadFile, readFailure } from '../files.ts';
import { createReport, type Report } from './problem.ts';

/** The text of a config, or a report of why there is none. */
export async function readConfigText(configFile: string, readFile: ReadFile): Promise<string | Report> {
  const start = { line: 1, column: 1 };
  const report = createReport(() => start);
  try {
    const { bytes, truncated } = await readFile(configFile);
    if (truncated) report.errorAt(start, 'the config is larger than 1 MiB');
    else if (isUtf16(bytes))
      report.errorAt(start, 'the config is UTF-16, not UTF-8 text', 'save it as UTF-8');
    else return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const message =
      error instanceof TypeError
        ? 'the config is not UTF-8 text'
        : `the config cannot be read: ${readFailure(error)}`;
    report.errorAt(start, message);
  }
  return report;
}

/** As Windows writes it, with a mark in front, in either order of the bytes. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
