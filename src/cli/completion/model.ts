import type { ArgumentSpec, CommandSpec, OptionSpec } from '../command.ts';
import type { Value } from '../values.ts';

/** What a shell needs to know of the command line. */
export interface Model {
  readonly commands: readonly CommandModel[];
  /** What may stand in the place of a command. */
  readonly options: readonly OptionModel[];
}

export interface CommandModel {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionModel[];
  /** The last one is for all that follow when `repeats` says so. */
  readonly arguments: readonly ArgumentModel[];
  readonly repeats: boolean;
}

export interface OptionModel {
  readonly flag: string;
  readonly description: string;
  readonly many: boolean;
  /** Undefined for a switch. */
  readonly value?: { readonly name: string; readonly completes: Value['completes'] };
}

export interface ArgumentModel {
  readonly name: string;
  readonly completes: Value['completes'];
}

const HELP: OptionModel = { flag: '--help', description: 'print help', many: false };
const VERSION: OptionModel = { flag: '--version', description: 'print the version', many: false };

export function modelOf(specs: readonly CommandSpec[]): Model {
  const commands = specs.map(({ name, summary, options, arguments: given }) => ({
    name,
    summary,
    options: [...options.map(optionOf), HELP],
    arguments: given.map(argumentOf),
    repeats: given.some(({ amount }) => amount === 'any' || amount === 'one or more'),
  }));
  const help: CommandModel = {
    name: 'help',
    summary: 'print help for a command',
    options: [],
    arguments: [{ name: 'command', completes: specs.map(({ name }) => name) }],
    repeats: false,
  };
  return { commands: [...commands, help], options: [HELP, VERSION] };
}

function optionOf({ flag, description, many = false, value }: OptionSpec): OptionModel {
  return {
    flag,
    description,
    many,
    ...(value ? { value: { name: value.name, completes: value.completes } } : {}),
  };
}

function argumentOf({ name, value }: ArgumentSpec): ArgumentModel {
  return { name, completes: value.completes };
}
