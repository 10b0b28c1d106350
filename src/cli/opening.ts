import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { Io } from '../io.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** How a command that was not called for its work ends: 0 when help was asked for, 2 for a wrong command line. */
export function sayUsage(asked: 'help' | 'usage', usage: string, { stdout, stderr }: Io): number {
  (asked === 'help' ? stdout : stderr).write(usage);
  return asked === 'help' ? 0 : 2;
}

/** What a command works with; undefined after what is wrong with the config was said. */
export async function openConfig(file: string, { stderr }: Io): Promise<Snapshot | undefined> {
  const { snapshot, problems } = await loadConfig(file);
  if (!snapshot) for (const problem of problems) stderr.write(`${formatProblem(problem, file)}\n`);
  return snapshot;
}
