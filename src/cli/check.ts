import { formatProblem } from '../config/problem.ts';
import type { Io } from '../io.ts';
import { unpinnedKeys } from '../snapshot/edited-keys.ts';
import { type LoadOptions, loadConfig } from '../snapshot/load.ts';
import { allUpstreams } from '../snapshot/upstream-of.ts';
import { systemNames } from '../upstream/names/names.ts';
import { clockWarning } from './clock.ts';
import { type Marks, painted } from './colour.ts';
import { configName, configReader } from './config-source.ts';

export interface CheckAsked {
  readonly config: string;
  readonly offline: boolean;
}

const MARKS: Marks = [
  [/^error:/, 'red'],
  [/^warning:/, 'yellow'],
  [/^hint:/, 'cyan'],
  [/ok$/, 'green'],
];

/** `ssec-proxy check`; resolves to the exit code. */
export async function check(
  { config, offline }: CheckAsked,
  io: Io,
  options: LoadOptions = {},
): Promise<number> {
  const file = configName(config);
  const readFile = options.readFile ?? configReader(io);
  const say = (line: string): unknown => io.stdout.write(painted(`${line}\n`, MARKS, io.stdout));
  const { snapshot, problems } = await loadConfig(config, { ...options, readFile, offline });
  for (const problem of problems) say(`${problem.severity}: ${formatProblem(problem, file)}`);
  for (const warning of snapshot ? unpinnedKeys(snapshot) : []) say(`hint: ${warning}`);
  const { now } = options;
  systemNames.use(snapshot?.limits.names);
  const asked = snapshot && !offline ? allUpstreams(snapshot) : [];
  const clocks = await Promise.all(asked.map((upstream) => clockWarning(upstream, () => now ?? new Date())));
  const wrong = clocks.filter((clock) => clock !== undefined);
  for (const clock of wrong) say(`warning: ${clock}`);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors + wrong.length;
  const summary = [count(errors, 'error'), count(warnings, 'warning')].filter(Boolean);
  say(`${file}: ${summary.join(', ') || 'ok'}`);
  return snapshot === undefined ? 1 : 0;
}

function count(amount: number, noun: string): string {
  if (amount === 0) return '';
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
