import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromGo, fromGoProgram, type GoModule, type GoProgram } from './go.ts';
import { run, systemPath } from './program.ts';

/** Where a client comes from. `command` is what it is called once it is there. */
export type Package =
  | { readonly kind: 'debian'; readonly name: string; readonly command: string }
  | {
      readonly kind: 'pypi';
      readonly names: readonly string[];
      readonly command: string;
      /** Asks the program itself, where the package has numbers of its own. */
      readonly versionArgs?: readonly string[];
    }
  | GoModule
  | GoProgram
  | { readonly kind: 'npm'; readonly name: string };

export interface Installed {
  /** The program's file; for an npm package the runtime. */
  readonly program: string;
  readonly version: string;
}

/** Puts a package into the cache, if it is not there yet, or onto the system. Throws with the reason where it can't. */
export function install(from: Package, cache: string): Promise<Installed> {
  switch (from.kind) {
    case 'debian':
      return fromDebian(from);
    case 'pypi':
      return fromPypi(from, cache);
    case 'go':
      return fromGo(from, cache);
    case 'go-program':
      return fromGoProgram(from, cache);
    case 'npm':
      return fromNpm(from);
    default:
      return from satisfies never;
  }
}

/** Debian packages, which root alone can install. */
async function aptInstall(names: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if (process.getuid?.() !== 0) throw new Error(`root must install ${names.join(' ')}`);
  await run('apt-get', ['update', '-qq'], { env, timeout: 300_000 });
  const options = ['install', '-y', '-qq', '--no-install-recommends'];
  await run('apt-get', [...options, ...names], { env, timeout: 600_000 });
}

async function fromDebian({ name, command }: Package & { kind: 'debian' }): Promise<Installed> {
  const program = join('/usr/bin', command);
  if ((await debianVersion(name)) === undefined) await aptInstall([name]);
  return { program, version: (await debianVersion(name)) ?? '' };
}

async function debianVersion(name: string): Promise<string | undefined> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own.
  const query = ['-W', '-f=${Status} ${Version}', name];
  const said = (await run('dpkg-query', query).catch(() => Buffer.of())).toString('utf8');
  return /^install ok installed (?:\d+:)?([^+~-]+)/.exec(said)?.[1];
}

async function fromPypi(
  { names, command, versionArgs }: Package & { kind: 'pypi' },
  cache: string,
): Promise<Installed> {
  const [name = ''] = names;
  const folder = join(cache, 'pypi', name);
  const program = join(folder, 'bin', command);
  const complete = join(folder, 'complete');
  const pip = ['-m', 'pip', '--disable-pip-version-check'];
  const python = join(folder, 'bin/python');
  if (!existsSync(complete)) {
    await run('python3', ['-m', 'venv', folder], { env: systemPath() });
    await run(python, [...pip, 'install', '--quiet', ...names], { env: systemPath(), timeout: 300_000 });
    await writeFile(complete, '');
  }
  const shown = versionArgs ? await run(program, versionArgs) : await run(python, [...pip, 'show', name]);
  return { program, version: /\d+(\.\d+)+/.exec(shown.toString('utf8'))?.[0] ?? '' };
}

/** Development dependencies of this project. */
async function fromNpm({ name }: Package & { kind: 'npm' }): Promise<Installed> {
  const { default: manifest } = (await import(
    join(import.meta.dirname, '../../node_modules', name, 'package.json'),
    { with: { type: 'json' } }
  )) as { default: { version: string } };
  return { program: process.execPath, version: manifest.version };
}
