import { spawnSync } from 'node:child_process';
import { type Option, options } from '../../scripts/docs/options.ts';
import type { Fence, Page } from '../../scripts/docs/pages.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/run.ts';
import { didYouMean } from '../../src/config/suggest.ts';
import { ran } from '../support/io.ts';
import { baseOf, commandsOf, unwrapped, withoutOptions } from './shell-words.ts';

/** Names of package.json's scripts. */
type Scripts = ReadonlySet<string>;

/** A text to be pasted has to be right as a whole; what only speaks of a command may leave out what it needs. */
type Manner = 'pasted' | 'mentioned';

/** Commands, flags and options that a page names and that do not exist as they are written. */
export async function wrongCommands(page: Page, scripts: Scripts): Promise<readonly string[]> {
  const pasted = page.fences.flatMap(shellOf);
  const spans = page.inlines.filter(({ type }) => type === 'code_inline').map(({ content }) => content);
  const mentioned = [...page.fences.flatMap(linesOf), ...spans];
  const faults = [
    ...pasted.flatMap(syntaxOf),
    ...(await faultsOf(pasted.map(({ text }) => text).flatMap(commandsOf), 'pasted')),
    ...(await faultsOf(mentioned.flatMap(commandsOf), 'mentioned')),
    ...[...page.fences.map(({ text }) => text), ...spans].flatMap((text) => wrongScripts(text, scripts)),
    ...spans.flatMap(wrongFlag),
    ...spans.flatMap(wrongOption),
  ];
  return faults.map((fault) => `${page.path}: ${fault}`);
}

interface Block {
  readonly text: string;
  readonly line: number;
}

/** A shell block, or the lines behind a prompt. */
function shellOf({ info, text, line }: Fence): Block[] {
  if (/^(?:sh|bash|shell)$/.test(info)) return [{ text, line }];
  if (info !== 'console') return [];
  const typed = text.split('\n').map((one) => (/^\$ |^> /.test(one) ? one.slice(2) : one));
  const lines = text.split('\n').map((one, index) => {
    const isTyped = one.startsWith('$ ') || one.startsWith('> ') || typed[index - 1]?.endsWith('\\');
    return isTyped === true ? typed[index] : '';
  });
  return [{ text: lines.join('\n'), line }];
}

/** Lines of other blocks that begin like a command; our own sentences begin with the name too. */
function linesOf(fence: Fence): string[] {
  if (shellOf(fence).length > 0) return [];
  const lines = fence.text.split('\n').map((line) => line.trim().replace(/^\$ /, ''));
  return lines.filter((line) => !/^ssec-proxy (?:is|needs|\d)/.test(line)).map(withoutQuotes);
}

/** An apostrophe in prose is no quote. */
function withoutQuotes(text: string): string {
  return text.replaceAll(/\b'\b/g, '');
}

function syntaxOf({ text, line }: Block): string[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  return status === 0 ? [] : [`${line}: ${stderr.trim()}`];
}

function wrongScripts(text: string, scripts: Scripts): string[] {
  const named = [...text.matchAll(/\bnpm run(?:-script)? ([a-z]\w*(?:[:-]\w+)*)/g)].map(
    ([, name = '']) => name,
  );
  return named.filter((name) => !scripts.has(name)).map((name) => `npm run ${name}: there is no such script`);
}

async function faultsOf(commands: readonly (readonly string[])[], manner: Manner): Promise<string[]> {
  const calls = commands.flatMap(unwrapped).flatMap((words) => callOf(words) ?? []);
  const faults = await Promise.all(calls.map(({ args }) => faultOf(args, manner)));
  return faults.flatMap((fault) => fault ?? []);
}

/** The command line of ours that is called, if it is one. */
function callOf(words: readonly string[]): { readonly args: readonly string[] } | undefined {
  const [first = '', ...rest] = words;
  if (baseOf(first) === 'ssec-proxy') return { args: rest };
  if (baseOf(first) !== 'node') return undefined;
  const [main = '', ...args] = withoutOptions(rest);
  return /(?:^|\/)(?:src\/main\.ts|dist\/main\.js)$/.test(main) ? { args } : undefined;
}

/** All commands, doing nothing. */
const IDLE = COMMANDS.map((spec) => ({ ...spec, action: async () => async () => 0 }));

/** What the command line itself says of it. */
async function faultOf(args: readonly string[], manner: Manner): Promise<string | undefined> {
  const given = manner === 'pasted' ? args : plain(args);
  if (manner === 'mentioned' && (given.length === 0 || /^[A-Z]+$/.test(given[0] ?? ''))) return undefined;
  const { code, stderr } = await ran((line, io) => run(line, io, IDLE), given);
  const [said = ''] = stderr.split('\n');
  if (code === 0 || (manner === 'mentioned' && UNFINISHED.test(said))) return undefined;
  return `ssec-proxy ${args.join(' ')}: ${said}`;
}

/** Without the marks of what may be left out or repeated. */
function plain(args: readonly string[]): readonly string[] {
  return args
    .map((word) => word.replaceAll(/[[\]…]|\.\.\.$/g, ''))
    .filter((word) => !['', 'options'].includes(word));
}

/** What is only mentioned may be incomplete, and have a placeholder for a value. */
const UNFINISHED =
  /^error: (?:missing required argument|required option|option '.*' (?:argument missing|needs option)|.*'(?:[A-Z]+|<.*>)' is invalid)/;

const FLAGS = ['--help', '--version', ...COMMANDS.flatMap(({ options: own }) => own.map(({ flag }) => flag))];

/** Pages name flags of other programs too, so only what is nearly one of ours is wrong. */
function wrongFlag(span: string): string[] {
  const [flag = ''] = /^--[a-z][a-z0-9-]*/.exec(span) ?? [];
  if (flag === '' || FLAGS.includes(flag) || FOREIGN.has(flag)) return [];
  const near = didYouMean(flag, FLAGS);
  return near ? [`${flag}: there is no such option; ${near}`] : [];
}

/** Of other programs, and nearly one of ours. */
const FOREIGN: ReadonlySet<string> = new Set(['--ca-cert', '--cacert', '--s3-versions']);

const OPTION_PATHS = options().map(({ path }) => stepsOf(path));
const SECTIONS = new Set(OPTION_PATHS.map(([first]) => first));
/** `upstream.timeouts.conect` */
function wrongOption(span: string): string[] {
  const [, path = ''] =
    /^([a-z][A-Za-z]*(?:\[\d*\])?(?:\.[A-Za-z][\w-]*(?:\[\d*\])?)+)(?:: .*)?$/.exec(span) ?? [];
  const steps = asUpstream(stepsOf(path));
  // Hosts: `obs.REGION.example.org`, `obs.localhost`.
  if (steps.includes('REGION') || steps.at(-1) === 'localhost') return [];
  if (!SECTIONS.has(steps[0] ?? '') || /\.(?:ts|js|md|json|ya?ml|pem)$/.test(path)) return [];
  return OPTION_PATHS.some((known) => leadsTo(known, steps))
    ? []
    : [`${path}: the config has no such option`];
}

/** `upstreams.ID` has the fields of `upstream`, wherever it is. */
function asUpstream(steps: readonly string[]): readonly string[] {
  const at = steps.indexOf('upstreams');
  return at < 0 || at + 1 >= steps.length ? steps : ['upstream', ...steps.slice(at + 2)];
}

function stepsOf(path: Option['path']): readonly string[] {
  return path.replaceAll(/\[\d*\]/g, '').split('.');
}

function leadsTo(known: readonly string[], steps: readonly string[]): boolean {
  return steps.every((step, index) => known[index] === step || (known[index] === 'ID' && step !== ''));
}
