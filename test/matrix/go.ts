import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fingerprint } from './fingerprint.ts';
import type { Installed } from './install.ts';
import { runLines, systemPath } from './program.ts';

export interface GoModule {
  readonly kind: 'go';
  readonly module: string;
  /** Of the command, inside the module. */
  readonly path: string;
  readonly command: string;
  /** The version to take where the newest can't be asked for. */
  readonly known?: string;
}

/** A program of this project that imports a library; its go.mod names the version. */
export interface GoProgram {
  readonly kind: 'go-program';
  /** The library: its version is the client's. */
  readonly module: string;
  /** The folder of the go.mod. */
  readonly source: string;
  readonly command: string;
  /** What is built into one folder: paths of files, and how `go` makes them. One is the command. */
  readonly builds: Readonly<Record<string, readonly string[]>>;
}

/** Builds a Go module, in its newest version where that can be asked for; the toolchain is the user's. */
export async function fromGo({ module, path, command, known }: GoModule, cache: string): Promise<Installed> {
  const folder = join(cache, 'go', command);
  const program = join(folder, command);
  const go = toolchain(cache, folder, '-mod=mod');
  if (!existsSync(program)) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'go.mod'), 'module matrix\n');
    const version = await newest(module, known, go);
    // A module of our own that needs it: `go install` would look for modules at every longer path, too.
    await go(['mod', 'edit', `-require=${module}@${version}`]);
    await go([...BUILD, '-o', program, path === '' ? module : `${module}/${path}`]);
  }
  return { program, version: await versionIn(program, module, go) };
}

/** Builds it as its go.mod and go.sum say, anew when its source is another. */
export async function fromGoProgram(
  { module, source, command, builds }: GoProgram,
  cache: string,
): Promise<Installed> {
  const folder = join(cache, 'go', `${command}-${await fingerprint(source, builds)}`);
  const go = toolchain(cache, source, '-mod=readonly');
  for (const [name, [verb = 'build', ...rest]] of Object.entries(builds)) {
    const file = join(folder, name);
    if (existsSync(file)) continue;
    await mkdir(dirname(file), { recursive: true });
    await go([verb, ...LEAN, '-o', file, ...rest]);
  }
  return { program: join(folder, command), version: await versionIn(folder, module, go) };
}

const LEAN = ['-p', '2', '-ldflags=-s -w'];
const BUILD = ['build', ...LEAN];

type Go = (args: readonly string[]) => Promise<string[]>;

function toolchain(cache: string, cwd: string, mod: string): Go {
  const env = {
    ...systemPath(),
    HOME: process.env['HOME'] ?? cache,
    GOCACHE: join(cache, 'go/build'),
    GOMODCACHE: join(cache, 'go/mod'),
    GOFLAGS: `-trimpath -buildvcs=false ${mod}`,
    CGO_ENABLED: '0',
  };
  return (args) => runLines('nice', ['-n', '10', 'go', ...args], { env, cwd, timeout: 1_800_000 });
}

async function newest(module: string, known: string | undefined, go: Go): Promise<string> {
  try {
    const [version = ''] = await go(['list', '-m', '-f', '{{.Version}}', `${module}@latest`]);
    return version;
  } catch (error) {
    if (known === undefined) throw error;
    return known;
  }
}

/** The version of a module that a program, or one in a folder, was built with. */
async function versionIn(programs: string, module: string, go: Go): Promise<string> {
  const lines = await go(['version', '-m', programs]);
  const named = lines
    .map((line) => line.trim().split(/\s+/))
    .find(([kind, name]) => kind !== 'path' && name === module);
  return named?.[2] ?? '';
}
