import { type ReadFile, readFailure, waitingWontHelp } from '../../files.ts';
import type { Fetched, KeyStore } from './store.ts';

/** Keys in files; a place is an absolute path. */
export function fileStore(readFile: ReadFile): KeyStore<string> {
  return { fetch: (paths) => Promise.all(paths.map((path) => fetchFile(path, readFile))) };
}

export async function fetchFile(path: string, readFile: ReadFile): Promise<Fetched> {
  try {
    const { bytes, mode } = await readFile(path);
    return { kind: 'found', bytes, mode };
  } catch (error) {
    // A failed disk or share may come back; a wrong path is a mistake in the config.
    const kind = waitingWontHelp(error) ? 'refused' : 'unavailable';
    return { kind, message: `${path} cannot be read: ${readFailure(error)}` };
  }
}
