import type { Argument, Command, Option } from 'commander';
import { program } from '../../src/cli/program.ts';
import { table } from './table.ts';

/** Every command: what it does, how it is called, its arguments and options. */
export function renderCommands(): string {
  const all = program();
  const overall = `## All commands\n\n${renderOptions(all)}`;
  return [overall, ...all.commands.map(renderCommand)].join('\n\n');
}

function renderCommand(command: Command): string {
  const usage = `\`\`\`text\nssec-proxy ${command.name()} ${command.usage()}\n\`\`\``;
  const parts = [`## ${command.name()}`, command.description(), usage];
  const subcommands = command.commands.map((one) => `- \`${one.name()}\`: ${one.description()}`).join('\n');
  return [...parts, subcommands, renderArguments(command.registeredArguments), renderOptions(command)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function renderArguments(given: readonly Argument[]): string {
  if (given.length === 0) return '';
  return table(
    ['Argument', 'What it is'],
    given.map((one) => [`\`${one.name()}\``, one.description]),
  );
}

function renderOptions({ options }: Command): string {
  const shown = options.filter(({ hidden }) => !hidden);
  if (shown.length === 0) return '';
  return table(
    ['Option', 'What it does'],
    shown.map((option) => [`\`${option.flags}\``, describe(option)]),
  );
}

function describe({ description, defaultValue, argChoices }: Option): string {
  const choices =
    argChoices === undefined ? '' : ` One of ${argChoices.map((one) => `\`${one}\``).join(', ')}.`;
  const byDefault =
    defaultValue === undefined ||
    defaultValue === false ||
    (Array.isArray(defaultValue) && defaultValue.length === 0)
      ? ''
      : ` Default: \`${String(defaultValue)}\`.`;
  return `${description}${choices}${byDefault}`;
}
