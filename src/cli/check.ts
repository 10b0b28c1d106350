import { formatProblem, type Problem } from '../config/problem.ts';
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
  readonly json: boolean;
}

/** What is printed of a config: a problem, or what has no place in the file. */
interface Remark {
  readonly severity: Problem['severity'] | 'hint';
  readonly text: string;
  readonly problem?: Problem;
}

const MARKS: Marks = [
  [/^error:/, 'red'],
  [/^warning:/, 'yellow'],
  [/^hint:/, 'cyan'],
  [/ok$/, 'green'],
];

/** `ssec-proxy check`; resolves to the exit code: 1 with an error, which warnings are not. */
export async function check(
  { config, offline, json }: CheckAsked,
  io: Io,
  options: LoadOptions = {},
): Promise<number> {
  const remarks = await remarksOn(config, offline, io, options);
  const exitCode = count(remarks, 'error') > 0 ? 1 : 0;
  const file = configName(config);
  const say = (line: string): unknown => io.stdout.write(painted(`${line}\n`, MARKS, io.stdout));
  if (json) io.stdout.write(`${JSON.stringify(documentOf(file, exitCode, remarks), null, 2)}\n`);
  else {
    for (const { severity, text } of remarks) say(`${severity}: ${text}`);
    const summary = [some(remarks, 'error'), some(remarks, 'warning')].filter(Boolean);
    say(`${file}: ${summary.join(', ') || 'ok'}`);
  }
  return exitCode;
}

async function remarksOn(
  config: string,
  offline: boolean,
  io: Io,
  options: LoadOptions,
): Promise<readonly Remark[]> {
  const file = configName(config);
  const readFile = options.readFile ?? configReader(io);
  const { snapshot, problems } = await loadConfig(config, { ...options, readFile, offline, strict: true });
  const found = problems.map((problem): Remark => {
    const { severity } = problem;
    return { severity, text: formatProblem(problem, file), problem };
  });
  if (!snapshot) return found;
  const hints = unpinnedKeys(snapshot).map((text): Remark => ({ severity: 'hint', text }));
  const { now } = options;
  systemNames.use(snapshot.limits.names);
  const asked = offline ? [] : allUpstreams(snapshot);
  const clocks = await Promise.all(asked.map((upstream) => clockWarning(upstream, () => now ?? new Date())));
  const wrong = clocks.flatMap((text): Remark[] =>
    text === undefined ? [] : [{ severity: 'warning', text }],
  );
  return [...found, ...hints, ...wrong];
}

/** The document of --json; docs/guides/check.md describes it. Fields are added, and none is removed or changed. */
function documentOf(file: string, exitCode: number, remarks: readonly Remark[]): object {
  return {
    file,
    exitCode,
    errors: count(remarks, 'error'),
    warnings: count(remarks, 'warning'),
    problems: remarks.map(({ severity, text, problem }) => ({
      severity,
      ...(problem
        ? {
            path: problem.path,
            message: problem.message,
            ...(problem.fix === undefined ? {} : { fix: problem.fix }),
            line: problem.line,
            column: problem.column,
          }
        : { message: text }),
    })),
  };
}

function count(remarks: readonly Remark[], severity: Remark['severity']): number {
  return remarks.filter((remark) => remark.severity === severity).length;
}

function some(remarks: readonly Remark[], severity: 'error' | 'warning'): string {
  const amount = count(remarks, severity);
  if (amount === 0) return '';
  return `${amount} ${severity}${amount === 1 ? '' : 's'}`;
}
