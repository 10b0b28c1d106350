import type { Value } from '../values.ts';
import type { CommandModel, Model } from './model.ts';

/** For bash 3.2 and newer, without the package bash-completion. Words are our own: none needs a quote. */
export function bashScript({ commands, options }: Model): string {
  return `# bash completion for ssec-proxy
_ssec_proxy() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev= command= position=0 index word what=
  if ((COMP_CWORD > 0)); then prev=\${COMP_WORDS[COMP_CWORD - 1]}; fi
  COMPREPLY=()
  # bash splits host:port and s3://bucket at the colon; nothing that is completed has one.
  if [[ $cur == : || $prev == : ]]; then return; fi
  # It splits --option=value in three.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ -z $command ]]; then
      if [[ $word != -* ]]; then command=$word; fi
      continue
    fi
    case $word in
      = | :) ((index++)) ;;
      -) ((position++)) ;;
      -*)
        case "$command $word" in
          ${valued(commands)}) if [[ \${COMP_WORDS[index + 1]} != = ]]; then ((index++)); fi ;;
        esac
        ;;
      *) ((position++)) ;;
    esac
  done
  if [[ -z $command ]]; then
    what=${quotedWords(commands.map(({ name }) => name))}
    if [[ $cur == -* ]]; then what=${quotedWords(options.map(({ flag }) => flag))}; fi
  else
    case "$command $prev" in
${lines(commands.flatMap(valueCases))}
      *)
        if [[ $cur == -* ]]; then
          case $command in
${lines(commands.filter(({ options: own }) => own.length > 0).map(flagCase), '    ')}
          esac
        else
          case "$command $position" in
${lines(commands.flatMap(argumentCases), '    ')}
          esac
        fi
        ;;
    esac
  fi
  if [[ $what == @file ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
  elif [[ -n $what ]]; then
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$what" -- "$cur")
  fi
}
complete -F _ssec_proxy ssec-proxy
`;
}

/** A pattern of options that take the next word. */
function valued(commands: readonly CommandModel[]): string {
  const pairs = commands.flatMap(({ name, options }) =>
    options.filter(({ value }) => value).map(({ flag }) => `'${name} ${flag}'`),
  );
  return pairs.join(' | ');
}

function valueCases({ name, options }: CommandModel): string[] {
  return options.flatMap(({ flag, value }) =>
    value ? [`'${name} ${flag}') what=${whatOf(value.completes)} ;;`] : [],
  );
}

function flagCase({ name, options }: CommandModel): string {
  return `${name}) what=${quotedWords(options.map(({ flag }) => flag))} ;;`;
}

function argumentCases({ name, arguments: given, repeats }: CommandModel): string[] {
  return given.map(({ completes }, index) => {
    const position = repeats && index === given.length - 1 ? `'${name} '*` : `'${name} ${index}'`;
    return `${position}) what=${whatOf(completes)} ;;`;
  });
}

function whatOf(completes: Value['completes']): string {
  if (completes === 'file') return '@file';
  return completes === 'nothing' ? '' : quotedWords(completes);
}

function quotedWords(words: readonly string[]): string {
  return `'${words.join(' ')}'`;
}

function lines(texts: readonly string[], indent = ''): string {
  return texts.map((text) => `${indent}      ${text}`).join('\n');
}
