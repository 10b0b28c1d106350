import type { Value } from '../values.ts';
import type { ArgumentModel, CommandModel, Model, OptionModel } from './model.ts';

/** For zsh, as a file `_ssec-proxy` of its `fpath` or sourced after `compinit`. */
export function zshScript({ commands, options }: Model): string {
  return `#compdef ssec-proxy
# zsh completion for ssec-proxy
_ssec-proxy() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${options.map((option) => `    ${optionSpec(option)} \\\n`).join('')}    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(
${commands.map(({ name, summary }) => `        ${single(`${name}:${summary}`)}`).join('\n')}
      )
      _describe -t commands command commands
      ;;
    argument)
      case $line[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _ssec-proxy ]]; then
  _ssec-proxy "$@"
else
  compdef _ssec-proxy ssec-proxy
fi
`;
}

function commandCase({ name, options, arguments: given, repeats }: CommandModel): string {
  const specs = [
    ...options.map(optionSpec),
    ...given.map((argument, index) =>
      argumentSpec(argument, repeats && index === given.length - 1, index + 1),
    ),
  ];
  return `        ${name}) _arguments ${specs.join(' ')} ;;`;
}

function optionSpec({ flag, description, many, value }: OptionModel): string {
  const again = many ? '*' : '';
  const text = `[${escaped(description)}]`;
  if (!value) return single(`${again}${flag}${text}`);
  return single(`${again}${flag}=${text}:${escaped(value.name)}:${actionOf(value.completes)}`);
}

function argumentSpec({ name, completes }: ArgumentModel, repeats: boolean, position: number): string {
  return single(`${repeats ? '*' : position}:${escaped(name)}:${actionOf(completes)}`);
}

/** A space alone is an action that completes nothing. */
function actionOf(completes: Value['completes']): string {
  if (completes === 'file') return '_files';
  return completes === 'nothing' ? ' ' : `(${completes.join(' ')})`;
}

function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function single(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
