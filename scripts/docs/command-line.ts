import type { Argument, Command, Option } from 'commander';
import { COMMANDS } from '../../src/cli/commands.ts';
import { program } from '../../src/cli/program.ts';
import { inDocs, table } from './table.ts';

/** Every command: what it does, how it is called, its arguments, options, examples and exit codes. */
export function renderCommands(): string {
  const all = program();
  const list = table(
    ['Command', 'What it does'],
    all.commands.map((command) => [`[\`${command.name()}\`](#${command.name()})`, command.summary()]),
  );
  return [list, renderOptions(all), ...all.commands.map(renderCommand)].join('\n\n');
}

function renderCommand(command: Command): string {
  const spec = COMMANDS.find(({ name }) => name === command.name());
  const parts = [
    `## ${command.name()}`,
    inDocs(command.description()),
    `\`\`\`text\nssec-proxy ${command.name()} ${command.usage()}\n\`\`\``,
    renderArguments(command.registeredArguments),
    renderOptions(command),
    spec?.needs === undefined
      ? ''
      : `Needs of the config: ${inDocs(spec.needs)}. What else it names may be missing.`,
    ...(spec === undefined ? [] : [renderExamples(spec.examples), renderExitCodes(spec.exitCodes)]),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
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

function describe({ description, defaultValue, argChoices, envVar }: Option): string {
  const choices =
    argChoices === undefined ? '' : `; one of ${argChoices.map((one) => `\`${one}\``).join(', ')}`;
  const isSaid = typeof defaultValue === 'string' || typeof defaultValue === 'number';
  const byDefault = isSaid ? `; default \`${String(defaultValue)}\`` : '';
  const environment = envVar === undefined ? '' : `; or the environment variable \`${envVar}\``;
  return `${description}${choices}${byDefault}${environment}`;
}

function renderExamples(examples: readonly { readonly does: string; readonly line: string }[]): string {
  const lines = examples.map(({ does, line }) => `# ${does}\n${line}`);
  return lines.length === 0 ? '' : `\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}

function renderExitCodes(codes: Readonly<Record<number, string>>): string {
  return table(
    ['Exit code', 'Meaning'],
    Object.entries(codes).map(([code, meaning]) => [code, meaning]),
  );
}
