import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromCargo, type RustCrate } from './cargo.ts';
import { fromDebian } from './debian.ts';
import { fromGo, fromGoProgram, type GoModule, type GoProgram } from './go.ts';
import { fromMaven, type MavenProgram } from './maven.ts';
import { run, systemPath } from './program.ts';

/** Where a client comes from. `command` is what it is called once it is there. */
export type Package =
  | { readonly kind: 'debian'; readonly name: string; readonly command: string }
  | {
      readonly kind: 'pypi';
      /** The client, with its version as in `name==1.2` where it is pinned, and what it needs besides. */
      readonly names: readonly string[];
      readonly command: string;
      /** Asks the program itself, where the package has numbers of its own. */
      readonly versionArgs?: readonly string[];
    }
  | GoModule
  | GoProgram
  | MavenProgram
  | RustCrate
  | { readonly kind: 'npm'; readonly name: string }
  | NpmPackage;

/** One that is no dependency of this project. Its program is the folder that has it in `node_modules`. */
interface NpmPackage {
  readonly kind: 'npm-package';
  readonly name: string;
  readonly version: string;
}

export interface Installed {
  /** The program's file; for an npm package the runtime, for a Java program its folder. */
  readonly program: string;
  readonly version: string;
}

/** Puts a package into the cache, if it is not there yet, or onto the system. Throws with the reason where it can't. */
export function install(from: Package, cache: string): Promise<Installed> {
  switch (from.kind) {
    case 'debian':
      return fromDebian(from.name, from.command);
    case 'pypi':
      return fromPypi(from, cache);
    case 'go':
      return fromGo(from, cache);
    case 'go-program':
      return fromGoProgram(from, cache);
    case 'maven':
      return fromMaven(from, cache);
    case 'cargo':
      return fromCargo(from, cache);
    case 'npm':
      return fromNpm(from);
    case 'npm-package':
      return fromRegistry(from, cache);
    default:
      return from satisfies never;
  }
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
  const shown = versionArgs
    ? await run(program, versionArgs)
    : await run(python, [...pip, 'show', name.split('==')[0] ?? '']);
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

async function fromRegistry({ name, version }: NpmPackage, cache: string): Promise<Installed> {
  const program = join(cache, 'npm', `${name}@${version}`);
  await mkdir(program, { recursive: true });
  await writeFile(join(program, 'package.json'), '{}');
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`];
  // With the settings of the user: they may name a registry.
  const env = { ...process.env, ...systemPath() };
  await run('npm', [...install, '--prefix', program], { env, cwd: program, timeout: 300_000 });
  return { program, version };
}
