import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Hosts files of a cluster have a few KiB. What is behind this limit is not read. */
const MAX_BYTES = 1024 * 1024;

/**
 * What is in a file of `/etc`, read again when the file has changed. A file that is not there, or can't be read, counts
 * as empty, as it does for getaddrinfo. The same object comes back until the file changes.
 *
 * It reads at once, without a thread: all threads may hang in somebody else's look-up, and the file is small and local.
 */
export function rereading<T>(path: string, parse: (text: string) => T): () => T {
  let last: { readonly stamp: string; readonly value: T } | undefined;
  return () => {
    // Taken before the file is read: a change in between is seen the next time.
    const stamp = stampOf(path);
    if (last?.stamp !== stamp) last = { stamp, value: parse(stamp === MISSING ? '' : read(path)) };
    return last.value;
  };
}

const MISSING = 'missing';

function stampOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return MISSING;
  }
}

function read(path: string): string {
  try {
    // Without O_NONBLOCK, opening a named pipe would block until somebody writes to it.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return fstatSync(file).isFile() ? wholeLines(file) : '';
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

function wholeLines(file: number): string {
  const buffer = Buffer.alloc(Math.min(fstatSync(file).size, MAX_BYTES) + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(file, buffer, length, buffer.length - length, length);
    if (count === 0) break;
    length += count;
  }
  const text = buffer.subarray(0, length).toString('latin1');
  // The rest of a line that was cut off could be another name.
  return length > MAX_BYTES ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
}
