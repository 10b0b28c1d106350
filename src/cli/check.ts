import { parseArgs } from 'node:util';
import { type LoadOptions, loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { Io } from '../io.ts';
import { unpinnedKeys } from '../snapshot/edited-keys.ts';
import { allUpstreams } from '../snapshot/upstream-of.ts';
import { clockWarning } from './clock.ts';

const USAGE = `usage: ssec-proxy check FILE [--offline]

Reads the config FILE and every file and environment variable that it names, and prints all that is wrong with
it, a line each: where it is, what is wrong, and the mend. Then it asks each store for the time, with an unsigned
HEAD, and compares the clocks; --offline leaves that out, asks no vault and runs no command for a key. Exit code 0 without errors (warnings are allowed), 1 with
errors, 2 for a wrong command line.
`;

/** `ssec-proxy check FILE`; resolves to the exit code. */
export async function check(args: readonly string[], io: Io, options: LoadOptions = {}): Promise<number> {
  const parsed = parse(args);
  if (parsed === 'help') {
    io.stdout.write(USAGE);
    return 0;
  }
  if (parsed === 'usage') {
    io.stderr.write(USAGE);
    return 2;
  }
  const { snapshot, problems } = await loadConfig(parsed.file, { ...options, offline: parsed.offline });
  for (const problem of problems) {
    io.stdout.write(`${problem.severity}: ${formatProblem(problem, parsed.file)}\n`);
  }
  for (const warning of snapshot ? unpinnedKeys(snapshot) : []) io.stdout.write(`hint: ${warning}\n`);
  const { now } = options;
  const asked = snapshot && !parsed.offline ? allUpstreams(snapshot) : [];
  const clocks = await Promise.all(asked.map((upstream) => clockWarning(upstream, () => now ?? new Date())));
  const wrong = clocks.filter((clock) => clock !== undefined);
  for (const clock of wrong) io.stdout.write(`warning: ${clock}\n`);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors + wrong.length;
  const summary = [count(errors, 'error'), count(warnings, 'warning')].filter(Boolean);
  io.stdout.write(`${parsed.file}: ${summary.join(', ') || 'ok'}\n`);
  return snapshot === undefined ? 1 : 0;
}

function parse(
  args: readonly string[],
): { readonly file: string; readonly offline: boolean } | 'help' | 'usage' {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, offline: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [file, ...rest] = positionals;
    if (values.help === true) return 'help';
    return file === undefined || rest.length > 0 ? 'usage' : { file, offline: values.offline === true };
  } catch {
    return 'usage';
  }
}

function count(amount: number, noun: string): string {
  if (amount === 0) return '';
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
