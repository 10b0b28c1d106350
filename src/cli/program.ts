import { Argument, Command, Option, type OutputConfiguration } from 'commander';
import type { Io } from '../io.ts';
import { type Marks, painted } from './colour.ts';
import type { ArgumentSpec, CommandSpec, OptionSpec } from './command.ts';
import { USAGE_EXIT, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { MOST_LISTED } from './values.ts';

/** Who runs the commands of a program; without one it can only be looked at. */
export interface Runner {
  readonly io: Io;
  readonly act: (spec: CommandSpec, asked: object) => Promise<void>;
  readonly version: () => void;
}

/** The whole command line. To build it reads nothing, writes nothing, and loads no command's own code. */
export function program(runner?: Runner, specs: readonly CommandSpec[] = COMMANDS): Command {
  const root = new Command('ssec-proxy')
    .description('SSE-C for every S3 client')
    .option('-V, --version', 'print the version, of Node.js too, and the commit')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    // Only what stands before the command is the program's own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput(outputOf(runner?.io));
  if (runner) root.on('option:version', runner.version);
  for (const spec of specs) addCommand(root, spec, runner);
  const names = root.commands.map((command) => command.name());
  return root.showHelpAfterError(
    `Commands: ${names.join(', ')}, help\nTry "ssec-proxy --help" or "ssec-proxy help COMMAND".`,
  );
}

function addCommand(root: Command, spec: CommandSpec, runner: Runner | undefined): void {
  const command = root.command(spec.name).summary(spec.summary).description(spec.description);
  command.configureOutput({ outputError: (text, write) => write(plainer(text, spec)) });
  for (const argument of spec.arguments) command.addArgument(argumentOf(argument));
  for (const option of spec.options) command.addOption(optionOf(option, command));
  command.addHelpText('after', footer(spec));
  const usage = `${root.name()} ${spec.name} ${command.usage()}`;
  command.showHelpAfterError(`Usage: ${usage}\nTry "${root.name()} ${spec.name} --help".`);
  command.action(async () => {
    const asked = askedOf(spec, command);
    const problem = contradiction(spec, command);
    if (problem !== undefined) command.error(`error: ${problem}`, { exitCode: USAGE_EXIT });
    try {
      await runner?.act(spec, asked);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      command.error(`error: ${error.message}`, { exitCode: USAGE_EXIT });
    }
  });
}

function outputOf(io: Io | undefined): OutputConfiguration {
  const width = (): number => Math.min(io?.stdout.columns ?? MOST_COLUMNS, MOST_COLUMNS);
  return {
    writeOut: (text) => void io?.stdout.write(painted(text, HELP_MARKS, io.stdout)),
    writeErr: (text) => void io?.stderr.write(painted(text, ERROR_MARKS, io.stderr)),
    getOutHelpWidth: width,
    getErrHelpWidth: width,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  };
}

const MOST_COLUMNS = 100;

const HELP_MARKS: Marks = [[/^(?:Usage|Arguments|Options|Commands|Examples|Exit codes):/, 'bold']];
const ERROR_MARKS: Marks = [[/^error:/, 'red']];

function argumentOf({ name, description, value, amount }: ArgumentSpec): Argument {
  const text = amount === 'one or more' || amount === 'any' ? `${name}...` : name;
  const needed = amount === undefined || amount === 'one or more';
  return new Argument(needed ? `<${text}>` : `[${text}]`, description).argParser(
    many(text !== name, value.read),
  );
}

/** A switch that is given a value is known, only not with a value. */
function plainer(text: string, { options }: CommandSpec): string {
  const [, flag] = /^error: unknown option '(--[a-z-]+)=/.exec(text) ?? [];
  const isSwitch = flag === '--help' || options.some((option) => option.flag === flag && !option.value);
  return isSwitch ? `error: option '${flag}' takes no value\n` : text;
}

function optionOf(spec: OptionSpec, command: Command): Option {
  const { flag, description, value } = spec;
  if (!value) return conflicting(new Option(flag, description), spec);
  const option = new Option(`${flag} <${value.name}>`, description);
  const { completes } = value;
  if (typeof completes === 'object' && completes.length <= MOST_LISTED) option.choices(completes);
  option.argParser(spec.many ? many(true, value.read) : once(option, command, value.read));
  if (spec.default !== undefined) option.default(value.read(String(spec.default)), String(spec.default));
  if (spec.env !== undefined) option.env(spec.env);
  return conflicting(option, spec);
}

function conflicting(option: Option, { conflicts }: OptionSpec): Option {
  return conflicts === undefined ? option : option.conflicts(new Option(conflicts).attributeName());
}

type Reader = (text: string, before: unknown) => unknown;

/** Values that may be given again and again come as a list. */
function many(isMany: boolean, read: (text: string) => unknown): Reader {
  if (!isMany) return read;
  return (text, before) => [...(Array.isArray(before) ? before : []), read(text)];
}

/** Of two values for one option neither is taken: which of both is meant is not known. */
function once(option: Option, command: Command, read: (text: string) => unknown): Reader {
  return (text) => {
    if (command.getOptionValueSource(option.attributeName()) === 'cli')
      command.error(`error: option '${option.flags}' is given more than once`, { exitCode: USAGE_EXIT });
    return read(text);
  };
}

/** Arguments and options by name. */
function askedOf(spec: CommandSpec, command: Command): object {
  const values = command.opts<Record<string, unknown>>();
  const options = spec.options.map(({ flag, value, many: isMany }) => {
    const name = new Option(flag).attributeName();
    return [name, values[name] ?? (isMany ? [] : value ? undefined : false)] as const;
  });
  const given = spec.arguments.map(({ name, amount }, index) => {
    const none = amount === 'any' ? [] : undefined;
    return [name, command.processedArgs[index] ?? none] as const;
  });
  return Object.fromEntries([...options, ...given]);
}

/** What options say together. */
function contradiction({ options }: CommandSpec, command: Command): string | undefined {
  const isGiven = (flag: string): boolean =>
    command.getOptionValue(new Option(flag).attributeName()) !== undefined;
  for (const { flag, value, required, needs } of options) {
    const shown = value ? `${flag} <${value.name}>` : flag;
    if (required && !isGiven(flag)) return `required option '${shown}' not specified`;
    if (needs !== undefined && isGiven(flag) && !isGiven(needs))
      return `option '${shown}' needs option '${needs}'`;
  }
  return undefined;
}

function footer({ examples, exitCodes, needs }: CommandSpec): string {
  const codes = Object.entries(exitCodes).map(([code, meaning]) => `  ${code}  ${meaning}`);
  const lines = examples.map(({ does, line }) => `  # ${does}\n  ${line}`);
  const needed =
    needs === undefined ? '' : `\nNeeds of the config (what else it names may be missing):\n  ${needs}\n`;
  return `${needed}\nExamples:\n${lines.join('\n')}\n\nExit codes:\n${codes.join('\n')}`;
}
