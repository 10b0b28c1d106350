import type { Io } from '../io.ts';
import type { Value } from './values.ts';

/**
 * All there is to say of a command: its help, its shell completion, its page in the docs and what its command line is
 * checked by are made of it. It is data; the code that does the work is loaded by `action`.
 */
export interface CommandSpec<Asked = never> {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does, in a few sentences. */
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  readonly exitCodes: Readonly<Record<number, string>>;
  /** What it needs of what a config names; the rest (files, variables, vaults) may be missing. */
  readonly needs?: string;
  /** Does it send keys or secrets to stores or key stores? */
  readonly connects?: true;
  /** Loads the code that does it. `specs` are all commands of the program that it is in. */
  readonly action: (specs: readonly CommandSpec[]) => Promise<Action<Asked>>;
}

/** Does what was asked; resolves to the exit code. */
export type Action<Asked> = (asked: Asked, io: Io) => Promise<number>;

export interface ArgumentSpec {
  /** `asked` has the value under this name. */
  readonly name: string;
  readonly description: string;
  readonly value: Value;
  /** One is needed by default. */
  readonly amount?: 'optional' | 'one or more' | 'any';
}

export interface OptionSpec {
  /** `--version-id`: `asked` has it as `versionId`; false or undefined when it is not given, an empty list for `many`. */
  readonly flag: string;
  readonly description: string;
  /** Without one it is a switch. */
  readonly value?: Value & { readonly name: string };
  readonly many?: boolean;
  readonly default?: string | number;
  readonly required?: boolean;
  /** Flags of other options: it says nothing without the first, and contradicts the second. */
  readonly needs?: string;
  readonly conflicts?: string;
  /** The environment variable that stands for it. */
  readonly env?: string;
}

interface Example {
  readonly does: string;
  readonly line: string;
}

/** A wrong command line that only the command itself can tell: it ends like every other one. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The exit code of every command for a wrong command line. */
export const USAGE_EXIT = 2;
