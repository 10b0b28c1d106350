import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { builtins } from './builtins.ts';
import { lean } from './lean.ts';
import { strip } from './strip.ts';

interface Asked {
  /** The folder of package.json. */
  readonly root: string;
  readonly into: string;
}

/**
 * The program and its packages in a few files, split by command: what a command does not need is in files that it does
 * not load. Not minified but for comments, so that a stack trace names functions and lines that can be read without a source map.
 * @returns the files that were made, and what is in them, by their paths in `root`
 */
export async function bundle({ root, into }: Asked): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outdir: into,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // Of what is loaded later, a CommonJS package would have no names.
    mainFields: ['module', 'main'],
    target: 'node24',
    // In a file of their own, all of them.
    legalComments: 'none',
    plugins: [builtins, lean],
    logLevel: 'warning',
    logOverride: FATAL,
    metafile: true,
    write: false,
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, strip(path, text));
  }
  return metafile;
}

/** A name that is not there would be undefined in the program. */
const FATAL = { 'import-is-undefined': 'error', 'require-resolve-not-external': 'debug' } as const;
