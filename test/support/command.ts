import type { Action } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/run.ts';
import type { Io } from '../../src/io.ts';

/**
 * One command, by what stands on its command line. `action` stands for its own: the same with a clock, a reader of files
 * or whatever else a test gives it.
 */
export function commandLine<Asked>(
  name: string,
  action?: Action<Asked>,
): (args: readonly string[], io: Io) => Promise<number> {
  const specs = COMMANDS.map((spec) =>
    spec.name === name && action ? { ...spec, action: async () => action } : spec,
  );
  return (args, io) => run([name, ...args], io, specs);
}
