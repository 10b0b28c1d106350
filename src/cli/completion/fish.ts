import type { Value } from '../values.ts';
import type { CommandModel, Model } from './model.ts';

/** For fish 3 and newer. */
export function fishScript({ commands, options }: Model): string {
  const valued = commands.flatMap(({ name, options: own }) =>
    own.filter(({ value }) => value).map(({ flag }) => single(`${name} ${flag}`)),
  );
  return `# fish completion for ssec-proxy

# The command and the number of its arguments before the cursor.
function __ssec_proxy_place
    set -l words (commandline -opc)
    set -l command
    set -l position 0
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if test -z "$command"
            string match -q -- '-*' $word; or set command $word
        else if string match -q -- '-?*' $word
            contains -- "$command $word" ${valued.join(' ')}; and set skip 1
        else
            set position (math $position + 1)
        end
    end
    echo "$command $position"
end

function __ssec_proxy_command
    set -l place (string split ' ' -- (__ssec_proxy_place))
    test "$place[1]" = "$argv[1]"
end

function __ssec_proxy_at
    test (__ssec_proxy_place) = "$argv[1] $argv[2]"
end

complete -c ssec-proxy -f
${options.map(({ flag, description }) => `complete -c ssec-proxy -n '__ssec_proxy_command ""' -l ${flag.slice(2)} -d ${single(description)}`).join('\n')}
${commands.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ name, summary, options, arguments: given, repeats }: CommandModel): string[] {
  const inside = `complete -c ssec-proxy -n '__ssec_proxy_command ${name}'`;
  return [
    `complete -c ssec-proxy -n '__ssec_proxy_command ""' -a ${name} -d ${single(summary)}`,
    ...options.map(
      ({ flag, description, value }) =>
        `${inside} -l ${flag.slice(2)}${value ? ` -r${filesOf(value.completes)}` : ''} -d ${single(description)}`,
    ),
    ...given.flatMap(({ completes }, index) => {
      if (completes === 'nothing') return [];
      const at =
        repeats && index === given.length - 1
          ? inside
          : `complete -c ssec-proxy -n '__ssec_proxy_at ${name} ${index}'`;
      return [`${at}${filesOf(completes)}`];
    }),
  ];
}

function filesOf(completes: Value['completes']): string {
  if (completes === 'file') return ' -F';
  return completes === 'nothing' ? ' -f' : ` -f -a ${single(completes.join(' '))}`;
}

function single(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
