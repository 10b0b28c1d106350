import { CommanderError } from 'commander';
import type { Io } from '../io.ts';
import { requireCertificateChecks } from './certificate-checks.ts';
import { type CommandSpec, USAGE_EXIT } from './command.ts';
import { COMMANDS } from './commands.ts';
import { program } from './program.ts';

/** Runs one command line; resolves to the exit code: 0, 2 for a wrong command line, and what the command says. */
export async function run(
  args: readonly string[],
  io: Io,
  specs: readonly CommandSpec[] = COMMANDS,
): Promise<number> {
  let exitCode = 0;
  let versionAsked = false;
  const root = program(
    {
      io,
      act: async (spec, asked) => {
        if (spec.connects) requireCertificateChecks(process.env);
        const action = await spec.action(specs);
        // The names in a spec are the names in what its action takes.
        exitCode = await action(asked as never, io);
      },
      version: () => {
        const more = args.find((arg) => !VERSION.has(arg));
        if (more !== undefined) root.error(`error: --version stands alone, without '${more}'`);
        versionAsked = true;
        throw new CommanderError(0, 'commander.version', '');
      },
    },
    specs,
  );
  try {
    const more = args[0] === 'help' ? args[2] : undefined;
    if (more !== undefined) root.error(`error: help takes one command, without '${more}'`);
    await root.parseAsync(asCommand(args, specs), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (versionAsked) io.stdout.write(`${(await import('./version.ts')).versionText()}\n`);
    return error.exitCode === 0 ? 0 : USAGE_EXIT;
  }
  return exitCode;
}

const VERSION: ReadonlySet<string> = new Set(['--version', '-V']);

/** `help X` is `X --help`, so that a wrong X is named; what follows an unknown command says nothing. */
function asCommand(args: readonly string[], specs: readonly CommandSpec[]): readonly string[] {
  const [first, second = 'help'] = args;
  if (first === 'help') {
    if (second === 'help') return ['--help'];
    return second.startsWith('-') ? [second] : asCommand([second, '--help'], specs);
  }
  const isKnown = first === undefined || first.startsWith('-') || specs.some(({ name }) => name === first);
  return isKnown ? args : [first];
}
