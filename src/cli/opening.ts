import { formatProblem } from '../config/problem.ts';
import type { Io } from '../io.ts';
import { loadConfig } from '../snapshot/load.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { systemNames } from '../upstream/names/names.ts';
import { configName, configReader } from './config-source.ts';

/** What a command works with; undefined after what is wrong with the config was said. */
export async function openConfig(config: string, io: Io): Promise<Snapshot | undefined> {
  const { snapshot, problems } = await loadConfig(config, { readFile: configReader(io) });
  if (!snapshot)
    for (const problem of problems) io.stderr.write(`${formatProblem(problem, configName(config))}\n`);
  systemNames.use(snapshot?.limits.names);
  return snapshot;
}
