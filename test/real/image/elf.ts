import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from './build.ts';

/** The binaries of a root tree, as readelf tells of them. */
export interface Binary {
  readonly path: string;
  readonly machine: string;
  readonly needed: readonly string[];
  /** The loader that the kernel starts, for a program. */
  readonly interpreter: string | undefined;
}

export async function binariesOf(root: string): Promise<readonly Binary[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found: Binary[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).subarray(0, 4).toString('latin1') !== '\x7fELF') continue;
    const said = await run('readelf', ['--file-header', '--program-headers', '--dynamic', '--wide', path]);
    found.push({
      path,
      machine: /Machine: +(.+)/.exec(said)?.[1] ?? '',
      needed: [...said.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name = '']) => name),
      interpreter: /program interpreter: (.+)\]/.exec(said)?.[1],
    });
  }
  return found;
}

/** Libraries that a binary needs and the tree does not have. */
export async function missingLibraries(root: string): Promise<readonly string[]> {
  const there = new Set((await readdir(root, { recursive: true })).map((path) => basename(path)));
  const needed = (await binariesOf(root)).flatMap((binary) => binary.needed);
  return [...new Set(needed)].filter((name) => !there.has(name));
}
