import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../../support/command.ts';
import { ran } from '../../support/io.ts';

/** What a shell offers for each line that is typed so far, in a folder with two files. */
type Completer = (lines: readonly string[]) => readonly (readonly string[])[];

export interface Shell {
  readonly name: string;
  /** Undefined when the shell is there, otherwise why not. */
  readonly missing: string | undefined;
  readonly completer: (folder: string) => Promise<Completer>;
}

export const SHELLS: readonly Shell[] = [
  { name: 'bash', missing: missing('bash'), completer: bash },
  { name: 'zsh', missing: missing('zsh'), completer: zsh },
  { name: 'fish', missing: missing('fish'), completer: fish },
];

function missing(shell: string): string | undefined {
  const { error } = spawnSync(shell, ['-c', 'true']);
  return error ? `there is no ${shell} on this machine` : undefined;
}

/** Writes the script and the files that can be completed to. */
async function scriptIn(folder: string, shell: string): Promise<string> {
  const { stdout } = await ran(commandLine('completion'), [shell]);
  const work = join(folder, 'work');
  mkdirSync(work, { recursive: true });
  for (const name of ['config.yaml', 'with space']) writeFileSync(join(work, name), '');
  const script = join(folder, `completion.${shell}`);
  writeFileSync(script, stdout);
  return script;
}

/** Calls the function as readline does, with the words that bash makes of the line. */
async function bash(folder: string): Promise<Completer> {
  const script = await scriptIn(folder, 'bash');
  const complete = (line: string): readonly string[] => {
    const words = line.split(/ +|([=:])/).filter((word) => word !== undefined);
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const code = `source ${script}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _ssec_proxy; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return linesOf(
      execFileSync('bash', ['--norc', '-c', code], { cwd: join(folder, 'work'), encoding: 'utf8' }),
    );
  };
  return (lines) => lines.map(complete);
}

/** Presses Tab in an interactive zsh on a pseudo-terminal, and keeps what is offered there. */
async function zsh(folder: string): Promise<Completer> {
  const script = await scriptIn(folder, 'zsh');
  return (lines) => {
    const code = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; autoload -Uz compinit && compinit -D -u; source ${script}'
zpty -w shell 'compadd() { if [[ " $* " == *" -"[OAD]" "* ]]; then builtin compadd "$@"; return; fi; local -a hits; builtin compadd -O hits "$@"; print -rl -- $hits >> ${folder}/hits; builtin compadd "$@" }'
zpty -w shell 'finish() { print -r done > ${folder}/done }; zle -N finish; bindkey "^X" finish; bindkey "^I" list-choices; bindkey "^U" kill-whole-line'
zpty -w shell 'cd ${folder}/work; print -r "rea""dy"'
zpty -r shell ready '*ready*'
for line in ${lines.map((line) => `'${line}'`).join(' ')}; do
  : > ${folder}/hits
  rm -f ${folder}/done
  zpty -n -w shell $'\\x15'$line$'\\t'$'\\x18'
  for i in {1..500}; do [[ -e ${folder}/done ]] && break; sleep 0.02; zpty -r -t shell ignored; done
  [[ -e ${folder}/done ]] || exit 1
  cat ${folder}/hits
  print -r -- ---
done
zpty -d shell`;
    const text = execFileSync('zsh', ['-f', '-c', code], { encoding: 'utf8', timeout: 60_000 });
    return text.split('---\n').slice(0, -1).map(linesOf);
  };
}

async function fish(folder: string): Promise<Completer> {
  const script = await scriptIn(folder, 'fish');
  const complete = (line: string): readonly string[] => {
    const text = execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
      cwd: join(folder, 'work'),
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    });
    return linesOf(text).map((offer) => offer.split('\t')[0] ?? '');
  };
  return (lines) => lines.map(complete);
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
