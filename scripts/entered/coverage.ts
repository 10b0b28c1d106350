import { Session } from 'node:inspector/promises';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Functions by the file that they are in: its path within the folder, and of each function its name and its place. */
export type Entered = ReadonlyMap<string, readonly string[]>;

/**
 * Which functions of files in `folder` are entered while `work` runs, by V8's precise coverage. A function counts once,
 * however often it is called; so does one without a name. What evaluates a module does not count.
 */
export async function enteredDuring(folder: string, work: () => Promise<void>): Promise<Entered> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const found = new Map<string, readonly string[]>();
    for (const { url, functions } of result) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : '';
      if (!file.startsWith(folder + sep)) continue;
      const entered = functions.filter(({ functionName, ranges: [range] }) => {
        const isModule = functionName === '' && range?.startOffset === 0;
        return range !== undefined && range.count > 0 && !isModule;
      });
      const names = entered.map(
        ({ functionName, ranges: [range] }) => `${functionName}@${range?.startOffset}`,
      );
      if (names.length > 0) found.set(relative(folder, file).replaceAll(sep, '/'), names);
    }
    return found;
  } finally {
    session.disconnect();
  }
}
