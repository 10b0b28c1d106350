import type { Io } from '../../io.ts';
import type { CommandSpec } from '../command.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { type Model, modelOf } from './model.ts';
import { zshScript } from './zsh.ts';

export interface CompletionAsked {
  readonly shell: string;
}

const SCRIPTS: Readonly<Record<string, (model: Model) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `ssec-proxy completion`: a script for a shell. */
export async function completion(
  { shell }: CompletionAsked,
  io: Io,
  specs: readonly CommandSpec[],
): Promise<number> {
  const script = SCRIPTS[shell];
  if (!script) throw new Error(`there is no completion for ${shell}`);
  io.stdout.write(script(modelOf(specs)));
  return 0;
}
