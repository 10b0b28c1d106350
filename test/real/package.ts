import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Each way to install the proxy, from an empty folder to its first words: a checkout without its development packages,
 * the packed package, an install from git, and what the Dockerfile does. None of them may bring a package: the program
 * has all that it needs in itself. Takes the registry that npm is configured with.
 */
const ROOT = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'ssec-proxy-package-'));
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];
const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

/** Without what npm told the script that started this one, and on this Node. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/.test(name))),
  PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
};

try {
  const clone = commit(join(work, 'clone'));
  const image = join(work, 'image');
  step('the Dockerfile’s commands build it, without a package', () => {
    buildAsDockerfile(clone, join(work, 'build'), image);
    sayVersion(image, ['node', 'dist/main.js']);
    refusePackages(image);
  });
  step('a checkout installs without its development packages and runs a build', () => {
    const checkout = commit(join(work, 'checkout'));
    run(checkout, ['npm', 'ci', '--omit=dev', ...QUIET]);
    refusePackages(checkout);
    cpSync(join(image, 'dist'), join(checkout, 'dist'), { recursive: true });
    sayVersion(checkout, ['node', 'dist/main.js']);
  });
  step('an install from git', () => {
    const folder = emptyPackage('from-git');
    run(folder, ['npm', 'install', `git+file://${clone}`, ...QUIET]);
    sayVersion(folder, ['npx', '--no-install', 'ssec-proxy']);
    refusePackages(folder);
  });
  step('the packed package', () => {
    const packer = commit(join(work, 'packer'));
    run(packer, ['npm', 'ci', ...QUIET]);
    run(packer, ['npm', 'pack', '--pack-destination', work, ...QUIET]);
    const folder = emptyPackage('from-package');
    run(folder, ['npm', 'install', join(work, `ssec-proxy-${version}.tgz`), ...QUIET]);
    sayVersion(folder, ['npx', '--no-install', 'ssec-proxy']);
    refusePackages(folder);
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}

function step(what: string, does: () => void): void {
  const begin = performance.now();
  does();
  console.log(`ok: ${what} (${Math.round((performance.now() - begin) / 1000)} s)`);
}

function run(cwd: string, [command = '', ...args]: string[]): string {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: [...stdio], timeout: 900_000 });
}

/** The files that git knows, as they lie here, in a repository of their own. */
function commit(folder: string): string {
  const files = run(ROOT, ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']).split(
    '\0',
  );
  for (const file of files.filter(Boolean)) cpSync(join(ROOT, file), join(folder, file));
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  run(folder, ['git', 'init', '--quiet']);
  run(folder, ['git', 'add', '--all']);
  run(folder, ['git', ...author, 'commit', '--quiet', '-m', 'test']);
  return folder;
}

function emptyPackage(name: string): string {
  const folder = join(work, name);
  mkdirSync(folder);
  run(folder, ['npm', 'init', '--yes', ...QUIET]);
  return folder;
}

/** Both stages of the Dockerfile, each in a folder: what they copy, and what the first one runs. */
function buildAsDockerfile(context: string, build: string, image: string): void {
  const [, first = '', second = ''] = readFileSync(join(context, 'Dockerfile'), 'utf8').split(/^FROM .*$/m);
  mkdirSync(build);
  mkdirSync(image);
  for (const [, instruction, rest = ''] of first.matchAll(/^(COPY|RUN) (.*)$/gm)) {
    if (instruction === 'RUN') run(build, ['sh', '-c', rest]);
    else copy(context, build, rest.split(' '));
  }
  for (const [, rest = ''] of second.matchAll(/^COPY (.*)$/gm)) {
    const names = rest.split(' ').map((name) => name.replace(/^\/app\//, ''));
    if (names[0] === '--from=build') copy(build, image, names.slice(1));
    else copy(context, image, names);
  }
}

function copy(from: string, folder: string, names: string[]): void {
  const into = names.at(-1) ?? '';
  for (const name of names.slice(0, -1)) {
    const to = into.endsWith('/') ? join(folder, into, name) : join(folder, into);
    cpSync(join(from, name), to, { recursive: true });
  }
}

function sayVersion(cwd: string, command: string[]): void {
  const said = run(cwd, [...command, '--version']);
  if (!said.includes(version)) throw new Error(`${command.join(' ')} --version says ${said}`);
}

/** Packages beside ours, which bring code that nobody has bundled or tested with it. */
function refusePackages(folder: string): void {
  const modules = join(folder, 'node_modules');
  const there = existsSync(modules) ? readdirSync(modules) : [];
  const others = there.filter((name) => !name.startsWith('.') && name !== 'ssec-proxy');
  if (others.length > 0) throw new Error(`a production install holds ${others.join(', ')}`);
}
