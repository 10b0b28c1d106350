import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadFile } from '../../files.ts';
import { fetchFile } from './file.ts';
import type { Fetched, KeyStore } from './store.ts';

/** The target of the symbolic link at a path; undefined when there is none. */
export type ReadLink = (path: string) => Promise<string | undefined>;

interface Directory {
  readonly path: string;
  readonly readFile: ReadFile;
  readonly readLink?: ReadLink | undefined;
}

/** Swaps are minutes apart, so a second try is almost always enough. */
const TRIES = 5;

/**
 * A directory with one file per key, as Kubernetes mounts a Secret; a place is the name of a file.
 *
 * "..data" is a symbolic link to a directory with one version, and an update renames another link over it: one atomic step
 * for all files. Keys come from one version only if the link had the same target before and after they were read.
 * https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter
 */
export function directoryStore({ path, readFile, readLink = linkOnDisk }: Directory): KeyStore<string> {
  const version = (): Promise<string | undefined> => readLink(join(path, '..data'));
  const read = (names: readonly string[]): Promise<Fetched[]> =>
    Promise.all(names.map((name) => fetchFile(join(path, name), readFile)));
  return {
    fetch: async (names) => {
      for (let left = TRIES; left > 0; left--) {
        const before = await version();
        const answers = await read(names);
        if ((await version()) === before) return answers;
      }
      const message = `${path} kept changing while it was read`;
      return names.map(() => ({ kind: 'unavailable', message }));
    },
  };
}

async function linkOnDisk(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch {
    return undefined;
  }
}
