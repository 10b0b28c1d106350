import { type FileContent, type ReadFile, readFromDisk } from '../files.ts';
import type { Io } from '../io.ts';

/** Stands for standard input where a config is named. */
const STDIN = '-';

/** No config is so long. */
const MAX_BYTES = 1024 * 1024;

export function isStdin(config: string): boolean {
  return config === STDIN;
}

/** How a config is called in messages. */
export function configName(config: string): string {
  return isStdin(config) ? '<stdin>' : config;
}

/** Reads files, and the config from standard input where it is `-`: once, so that later loads get the same. */
export function configReader({ stdin }: Pick<Io, 'stdin'>): ReadFile {
  let read: Promise<FileContent> | undefined;
  return (path) => {
    if (!isStdin(path)) return readFromDisk(path);
    read ??= readAll(stdin);
    return read;
  };
}

async function readAll(stdin: Io['stdin']): Promise<FileContent> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin?.() ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) break;
  }
  // A closed input and a folder look the same: nothing comes.
  if (length === 0) throw Object.assign(new Error('standard input is empty'), { code: 'ENODATA' });
  const bytes = Buffer.concat(chunks).subarray(0, MAX_BYTES);
  return { bytes, mode: 0o600, truncated: length > MAX_BYTES };
}
