import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Page } from './pages.ts';

export interface Run {
  /** The checkout that stands for the repository that the page says to clone. */
  readonly checkout: string;
  /** The `.npmrc` of the home: how this machine reaches the registry, which is no matter of the page's. */
  readonly npmrc?: string;
  /** In milliseconds, for the whole page. */
  readonly timeout: number;
  readonly output: 'inherit' | 'ignore';
}

export type Outcome =
  | { readonly kind: 'passed'; readonly blocks: number }
  | { readonly kind: 'failed'; readonly line: number; readonly why: string };

/**
 * Runs the `sh` blocks of a page one after the other in one bash, which stops at the first command that fails. It has a
 * home of its own, PATH and nothing else of the environment. A page that clones the repository itself begins in an empty
 * folder, where that URL means the checkout; any other begins in a clone. All that the page started has ended when this
 * resolves.
 */
export async function runPage(page: Page, { checkout, npmrc = '', timeout, output }: Run): Promise<Outcome> {
  const blocks = page.fences.filter(({ info }) => info === 'sh');
  const urls = blocks.flatMap(({ text }) => [...text.matchAll(CLONE)].flatMap(([, url]) => url ?? []));
  const place = mkdtempSync(join(tmpdir(), 'ssec-proxy-page-'));
  const [home, folder, progress] = [join(place, 'home'), join(place, 'work'), join(place, 'progress')];
  for (const path of [home, folder]) mkdirSync(path);
  writeFileSync(join(home, '.gitconfig'), gitConfig(checkout, urls));
  writeFileSync(join(home, '.npmrc'), npmrc);
  const start = urls.length > 0 ? [] : [`git clone --quiet '${checkout}' clone`, 'cd clone'];
  const script = [
    'set -euo pipefail',
    ...start,
    ...blocks.flatMap(({ text, line }) => [
      `echo ${line} >'${progress}'`,
      `cat <<'${MARK}'\n\n--- ${page.path}:${line}\n${text.trimEnd()}\n---\n${MARK}`,
      text,
    ]),
  ].join('\n');
  writeFileSync(progress, '0');
  writeFileSync(join(place, 'page.sh'), `${script}\n`);
  try {
    const why = await bash({ script: join(place, 'page.sh'), home, folder, timeout, output });
    const line = Number(readFileSync(progress, 'utf8'));
    return why === undefined ? { kind: 'passed', blocks: blocks.length } : { kind: 'failed', line, why };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const CLONE = /git clone (?:-\S+ )*["']?(https:\/\/[^\s"']+)/g;
const MARK = 'END_OF_BLOCK_OF_PAGE';

function gitConfig(checkout: string, urls: readonly string[]): string {
  const instead = urls.map((url) => `[url "${checkout}"]\n\tinsteadOf = ${url}\n`);
  return `[safe]\n\tdirectory = ${checkout}\n\tdirectory = ${join(checkout, '.git')}\n${instead.join('')}`;
}

interface Session {
  readonly script: string;
  readonly home: string;
  readonly folder: string;
  readonly timeout: number;
  readonly output: 'inherit' | 'ignore';
}

/** Why it failed; undefined when it did not. */
async function bash({ script, home, folder, timeout, output }: Session): Promise<string | undefined> {
  // A group of its own, so that what runs in the background ends too.
  const environment = [`PATH=${ownPath(process.env.PATH ?? '')}`, `HOME=${home}`];
  const child = spawn('env', ['-i', ...environment, 'bash', '--noprofile', '--norc', script], {
    cwd: folder,
    stdio: ['ignore', output, output],
    detached: true,
  });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.once('error', ({ message }) => resolve(message));
  child.once('exit', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
  const timer = setTimeout(() => resolve(`took longer than ${timeout / 1000} s`), timeout);
  const interrupted = (): void => resolve('was interrupted');
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    if (child.pid !== undefined) await endGroup(child.pid);
  }
}

/** How long what was started has to end by itself, in milliseconds. */
const GRACE = 5_000;

async function endGroup(group: number): Promise<void> {
  const deadline = Date.now() + GRACE;
  let signal: NodeJS.Signals = 'SIGTERM';
  while (send(group, signal)) {
    signal = Date.now() < deadline ? 'SIGTERM' : 'SIGKILL';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** False when nobody is left in the group. */
function send(group: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

/** PATH as it is outside of npm, which puts the tools of this checkout in front. */
function ownPath(path: string): string {
  return path
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter);
}
