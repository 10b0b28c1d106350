import type { Needs } from '../config/needs.ts';
import { formatProblem } from '../config/problem.ts';
import type { Io } from '../io.ts';
import { loadConfig } from '../snapshot/load.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { systemNames } from '../upstream/names/names.ts';
import { configName, configReader } from './config-source.ts';

/**
 * What a command works with, as far as it needs it: on the day when the proxy's host is gone, its certificate and the
 * secrets of its clients are gone too. Undefined after what is wrong with the config was said.
 */
export async function openConfig(
  config: string,
  io: Io,
  needs: Needs,
  strict = false,
): Promise<Snapshot | undefined> {
  const { snapshot, problems } = await loadConfig(config, { readFile: configReader(io), needs, strict });
  if (!snapshot)
    for (const problem of problems) io.stderr.write(`${formatProblem(problem, configName(config))}\n`);
  systemNames.use(snapshot?.limits.names);
  return snapshot;
}
