import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { programFiles } from '../../scripts/image/own-files.ts';

/**
 * Each way to install the proxy, from an empty folder to its first words: a checkout without its development packages,
 * the packed package, an install from git, and the program of the image. None of them may bring a package: the program
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
  step('what the image copies runs without a package', () => {
    const builder = commit(join(work, 'builder'));
    run(builder, ['npm', 'ci', '--ignore-scripts', ...QUIET]);
    run(builder, ['npm', 'run', '--silent', 'build']);
    programFiles(builder, image);
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
