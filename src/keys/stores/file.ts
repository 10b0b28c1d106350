import { type ReadFile, readFailure, waitingWontHelp } from '../../files.ts';
import type { Fetched, KeyStore } from './store.ts';

/** Keys that are files; a place is a full path. */
export function fileStore(readFile: ReadFile): KeyStore<string> {
  return { fetch: (paths) => Promise.all(paths.map((path) => fetchFile(path, readFile))) };
}

export async function fetchFile(path: string, readFile: ReadFile): Promise<Fetched> {
  try {
    const { bytes, mode } = await readFile(path);
    return { kind: 'found', bytes, mode };
  } catch (error) {
    // A disk or a share that fails may come back; a path that leads nowhere was written wrong.
    const kind = waitingWontHelp(error) ? 'refused' : 'unavailable';
    return { kind, message: `${path} can not be read: ${readFailure(error)}` };
  }
}
