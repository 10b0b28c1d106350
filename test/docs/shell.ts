import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import type { Fence, Page } from '../../scripts/docs/pages.ts';

interface Known {
  readonly program: Command;
  /** Names of package.json's scripts. */
  readonly scripts: ReadonlySet<string>;
}

/** Commands in shell blocks and code spans of a page that do not exist as they are written. */
export function wrongCommands(page: Page, known: Known): readonly string[] {
  const blocks = page.fences.flatMap(shellOf);
  const syntax = blocks.flatMap(({ text, line }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    return status === 0 ? [] : [`${line}: ${stderr.trim()}`];
  });
  const spans = page.inlines.filter(({ type }) => type === 'code_inline').map(({ content }) => content);
  const commands = [...blocks.map(({ text }) => text), ...spans].flatMap(commandsOf);
  const faults = commands.flatMap((words) => faultOf(words, known) ?? []);
  return [...syntax, ...faults].map((fault) => `${page.path}: ${fault}`);
}

/** A shell block, or the lines behind a prompt. */
function shellOf({ info, text, line }: Fence): { readonly text: string; readonly line: number }[] {
  if (info === 'sh') return [{ text, line }];
  if (info !== 'console') return [];
  const typed = text.split('\n').map((one) => (/^\$ |^> /.test(one) ? one.slice(2) : one));
  const lines = text.split('\n').map((one, index) => {
    const isTyped = one.startsWith('$ ') || one.startsWith('> ') || typed[index - 1]?.endsWith('\\');
    return isTyped === true ? typed[index] : '';
  });
  return [{ text: lines.join('\n'), line }];
}

/** The simple commands of a shell text, as words. Quoted texts stay what they are: none of ours holds a command. */
function commandsOf(text: string): string[][] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, ''))
    .flatMap((line) => line.split(/&&|\|\||[;|()]/))
    .map((command) =>
      command
        .trim()
        .split(/\s+/)
        .filter((word) => word !== '&'),
    )
    .map((words) =>
      words.slice(words.findIndex((word) => !/^(?:\w+=.*|sudo|!|then|do|if|else|env)$/.test(word))),
    );
}

const OURS: readonly (readonly string[])[] = [
  ['ssec-proxy'],
  ['npx', 'node', 'src/main.ts'],
  ['node', 'dist/main.js'],
  ['npx', 'ssec-proxy'],
];

function faultOf(words: readonly string[], { program, scripts }: Known): string | undefined {
  const [first, second, third] = words;
  if (first === 'npm' && (second === 'run' || second === 'test' || second === 'start')) {
    const script = second === 'run' ? third : second;
    return script === undefined || scripts.has(script)
      ? undefined
      : `npm run ${script}: there is no such script`;
  }
  const start = OURS.find((one) => one.every((word, index) => words[index] === word));
  return start === undefined ? undefined : wrongCall(words.slice(start.length), program);
}

function wrongCall([name, ...rest]: readonly string[], program: Command): string | undefined {
  if (name === undefined || name.startsWith('-'))
    return name === undefined ? undefined : unknownOption(name, program, 'ssec-proxy');
  // COMMAND stands for any of them.
  if (/^[A-Z]+$/.test(name) || name === 'help') return undefined;
  const command = program.commands.find((one) => one.name() === name || one.aliases().includes(name));
  if (command === undefined) return `ssec-proxy ${name}: there is no such command`;
  for (const word of rest.map((one) => one.replaceAll(/[[\]…]/g, ''))) {
    const fault =
      word.startsWith('-') && word !== '-' ? unknownOption(word, command, `ssec-proxy ${name}`) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function unknownOption(word: string, command: Command, called: string): string | undefined {
  const [flag] = word.split('=');
  const known = ['-h', '--help', ...command.options.flatMap(({ short, long }) => [short, long])];
  return known.includes(flag) ? undefined : `${called} ${word}: there is no such option`;
}
