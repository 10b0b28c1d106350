/** The simple commands of a shell text, each as its words without quotes. Redirections and bodies of `<<` are left out. */
export function commandsOf(text: string): readonly (readonly string[])[] {
  const source = withoutHeredocs(text).replaceAll('\\\n', ' ');
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let dropsNext = false;
  const endWord = (): void => {
    if (word !== undefined && !dropsNext) words.push(word);
    if (word !== undefined) dropsNext = false;
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
    dropsNext = false;
  };
  for (let index = 0; index < source.length; index++) {
    const char = source.charAt(index);
    if (char === "'" || char === '"') {
      const end = source.indexOf(char, index + 1);
      word = (word ?? '') + source.slice(index + 1, end < 0 ? undefined : end);
      index = end < 0 ? source.length : end;
    } else if (char === '#' && word === undefined) {
      const end = source.indexOf('\n', index);
      index = end < 0 ? source.length : end - 1;
    } else if (char === '<' || char === '>') {
      if (word !== undefined && /^\d+$/.test(word)) word = undefined;
      endWord();
      if (source.charAt(index + 1) !== '(') dropsNext = true;
      while (/[<>&]/.test(source.charAt(index + 1))) index++;
    } else if (/[\n;&|()`]/.test(char)) endCommand();
    else if (/\s/.test(char)) endWord();
    else word = (word ?? '') + char;
  }
  endCommand();
  return commands;
}

/** What a shell text writes with `<<`. */
export function heredocsOf(text: string): readonly string[] {
  return [...text.matchAll(HEREDOC)].map(([, , body = '']) => body);
}

function withoutHeredocs(text: string): string {
  return text.replace(HEREDOC, (whole) => whole.slice(0, whole.indexOf('\n') + 1));
}

const HEREDOC = /<<-?\s*['"]?(\w+)['"]?[^\n]*\n([\s\S]*?)^\s*\1$/gm;

/** Commands that run another one, and how many words of theirs are no options. */
const WRAPPERS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['!', '{', 'if', 'then', 'elif', 'else', 'while', 'until', 'do', 'time'].map((word) => [word, 0]),
  ),
  ...Object.fromEntries(
    ['sudo', 'env', 'nohup', 'nice', 'exec', 'command', 'xargs', 'npx', 'setsid', 'stdbuf', 'eval'].map(
      (word) => [word, 0],
    ),
  ),
  timeout: 1,
};
const VALUED = /^-(?:u|g|n|k|s|L|P|I)$/;
const SHELL = /^(?:ba|da|z|k)?sh$/;

/** What is run in the end, behind `timeout 3`, `sudo -u x` and their like; more than one behind `sh -c`. */
export function unwrapped(words: readonly string[]): readonly (readonly string[])[] {
  const [first = '', ...rest] = words;
  if (/^\w+=/.test(first)) return unwrapped(rest);
  if (SHELL.test(baseOf(first))) {
    const at = rest.findIndex((word) => /^-\w*c$/.test(word));
    return at < 0 ? [words] : commandsOf(rest[at + 1] ?? '').flatMap(unwrapped);
  }
  const own = Object.hasOwn(WRAPPERS, first) ? WRAPPERS[first] : undefined;
  if (own === undefined) return [words];
  return unwrapped(withoutOptions(rest).slice(own));
}

export function withoutOptions(words: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words;
  if (!first.startsWith('-') || first === '-') return words;
  return withoutOptions(VALUED.test(first) ? rest.slice(1) : rest);
}

export function baseOf(path: string): string {
  return path.split('/').at(-1) ?? path;
}
