import { createHash } from 'node:crypto';
import { type ReadFile, readFailure } from '../files.ts';

/** The content of files when they were read: a digest of each, or the reason why it could not be read. */
export type Contents = ReadonlyMap<string, string>;

/** Reads files and remembers their content. */
export function recordReads(readFile: ReadFile): { readonly readFile: ReadFile; readonly seen: Contents } {
  const seen = new Map<string, string>();
  return {
    seen,
    readFile: async (path) => {
      try {
        const content = await readFile(path);
        seen.set(path, createHash('sha256').update(content.bytes).digest('base64'));
        return content;
      } catch (error) {
        seen.set(path, readFailure(error));
        throw error;
      }
    },
  };
}

/** The content of these files now, including the ones that can't be read. */
export async function readAgain(paths: Iterable<string>, readFile: ReadFile): Promise<Contents> {
  const reads = recordReads(readFile);
  for (const path of paths) await reads.readFile(path).catch(() => undefined);
  return reads.seen;
}

/** The paths whose content differs. */
export function differences(before: Contents, after: Contents): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
}
