import { createHash } from 'node:crypto';
import { type ReadFile, readFailure } from '../files.ts';

/** What files held when they were read: a digest of each, or why it could not be read. */
export type Contents = ReadonlyMap<string, string>;

/** Reads files and remembers what they held. */
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

/** What these files hold now; those that can't be read included. */
export async function readAgain(paths: Iterable<string>, readFile: ReadFile): Promise<Contents> {
  const reads = recordReads(readFile);
  for (const path of paths) await reads.readFile(path).catch(() => undefined);
  return reads.seen;
}

/** The paths whose content is not the same in both. */
export function differences(before: Contents, after: Contents): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
}
